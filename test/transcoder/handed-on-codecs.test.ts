import { expect, test } from 'vitest';
import { readFfmpegCapabilities } from '../../platform/ffmpeg-capabilities.ts';
import { handedOnCodecs } from '../../transcoder/handed-on-codecs.ts';

test('ffmpeg hands on what it reads: it learned both with Enhanced FLV', async () => {
  const { flvCodecs } = await readFfmpegCapabilities();
  const handedOn = await handedOnCodecs(new AbortController().signal);
  expect(['h264', ...handedOn]).toEqual(flvCodecs);
});

test('nothing is known once the server stops', async () => {
  expect(await handedOnCodecs(AbortSignal.abort())).toEqual([]);
});
