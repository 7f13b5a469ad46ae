import { request } from 'node:http';

const TIMEOUT_MS = 1000;

/** Newest media time of each track that a source has for its reader, ms; null: none, or unknown. */
export interface SourceProgress {
  video: number | null;
  audio: number | null;
}

const NOTHING: SourceProgress = { video: null, audio: null };

/** Asks ingest how far a source has come; nothing is known of one that is over or silent. */
export function sourceProgress(sourceUrl: string): Promise<SourceProgress> {
  const { promise, resolve } = Promise.withResolvers<SourceProgress>();
  const asked = request(sourceUrl, { method: 'HEAD', agent: false, timeout: TIMEOUT_MS });
  asked.on('response', (response) => {
    response.resume();
    const newest = (track: 'video' | 'audio') => {
      const header = response.headers[`newest-${track}-ms`];
      return typeof header === 'string' ? Number(header) : null;
    };
    const isThere = response.statusCode === 200;
    resolve(isThere ? { video: newest('video'), audio: newest('audio') } : NOTHING);
  });
  asked.on('timeout', () => asked.destroy());
  asked.on('error', () => resolve(NOTHING));
  asked.on('close', () => resolve(NOTHING));
  asked.end();
  return promise;
}
