import { request } from 'node:http';

const TIMEOUT_MS = 1000;

/** Newest media time (ms) that a source has for its reader; null when it is over or silent on it. */
export function newestMediaMs(sourceUrl: string): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const asked = request(sourceUrl, { method: 'HEAD', agent: false, timeout: TIMEOUT_MS });
  asked.on('response', (response) => {
    response.resume();
    const header = response.headers['newest-media-ms'];
    resolve(response.statusCode === 200 && typeof header === 'string' ? Number(header) : null);
  });
  asked.on('timeout', () => asked.destroy());
  asked.on('error', () => resolve(null));
  asked.on('close', () => resolve(null));
  asked.end();
  return promise;
}
