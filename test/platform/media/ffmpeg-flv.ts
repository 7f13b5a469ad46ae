import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FlvReader, type FlvTag } from '../../../platform/media/flv-tag.ts';

const run = promisify(execFile);

/** What ffmpeg writes to standard output with these arguments. */
export async function ffmpegBytes(args: string[]): Promise<Buffer> {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-nostdin', ...args, 'pipe:1'], {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}

export function tagsOf(flv: Buffer, chunkBytes = flv.length): FlvTag[] {
  const tags: FlvTag[] = [];
  const reader = new FlvReader({
    onTag: (tag) => tags.push({ ...tag, body: Buffer.from(tag.body) }),
  });
  for (let at = 0; at < flv.length; at += chunkBytes)
    reader.push(flv.subarray(at, at + chunkBytes));
  return tags;
}
