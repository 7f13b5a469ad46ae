import { get, type IncomingMessage } from 'node:http';
import { FlvReader, type FlvTag } from '../../../platform/media/flv-tag.ts';

export interface ReadTag extends FlvTag {
  keyframe: boolean;
  config: boolean;
}

/** Reads a source as the transcoder would. */
export interface FeedReader {
  tags: ReadTag[];
  /** Frames, without the configurations. */
  frames(): ReadTag[];
  until(holds: () => boolean): Promise<void>;
  ended: Promise<void>;
  response: IncomingMessage;
  close(): void;
}

export async function readFeed(
  url: string,
  options: { paused?: boolean } = {},
): Promise<FeedReader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, resolve).once('error', reject);
  });
  const tags: ReadTag[] = [];
  let wake = () => {};
  const reader = new FlvReader({
    onTag: (tag) => {
      const { type, body } = tag;
      const config = body[1] === 0;
      tags.push({ ...tag, config, keyframe: type === 'video' && (body[0] ?? 0) >> 4 === 1 });
    },
  });
  response.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    wake();
  });
  if (options.paused === true) response.pause();
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  return {
    tags,
    response,
    ended,
    frames: () => tags.filter(({ config }) => !config),
    async until(holds) {
      while (!holds()) {
        const over = ended.then(() => 'over');
        const more = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if ((await Promise.race([more, over])) === 'over' && !holds()) {
          throw new Error('the source ended before what was waited for came');
        }
      }
    },
    close: () => response.destroy(),
  };
}
