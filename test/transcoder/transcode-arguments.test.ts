import { describe, expect, test } from 'vitest';
import type { Source } from '../../platform/stream.ts';
import { ladderFor } from '../../transcoder/ladder.ts';
import { type TranscodeRequest, transcodeArguments } from '../../transcoder/transcode-arguments.ts';
import { HARDWARE_ENCODERS, SOFTWARE_ENCODER } from '../../transcoder/video-encoder.ts';
import { TEST_AUDIO, testVideo } from '../support/flv-source.ts';

const source: Source = {
  id: 'a',
  run: 1,
  url: 'http://127.0.0.1:1/source/a',
  video: testVideo({ width: 1920, height: 1080, fps: 60 }),
  audio: TEST_AUDIO,
  wallBaseMs: 0,
  firstMediaMs: 10_000,
};

function written(over: Partial<TranscodeRequest> & { encodeSource?: boolean } = {}) {
  const { encodeSource = false, ...request } = over;
  const ladder = ladderFor({
    source: request.source ?? source,
    cores: 8,
    setting: null,
    hardware: false,
    encodeSource,
    handedOn: [],
    shed: 0,
  });
  const { input, outputs } = transcodeArguments({
    source,
    ladder,
    encoder: SOFTWARE_ENCODER,
    cores: 8,
    socketOf: (rendition) => `/run/${rendition}.sock`,
    startAtMs: null,
    segmentMs: 2000,
    partMs: 200,
    ...request,
  });
  const of = (name: string) =>
    outputs.find(({ rendition }) => rendition === name)?.options.join(' ') ?? '';
  return { input, outputs, of };
}

test('each rendition has a socket of its own, the copied source first', () => {
  expect(written().outputs.map(({ url }) => url)).toEqual([
    'unix:/run/source.sock',
    'unix:/run/720p.sock',
    'unix:/run/480p.sock',
    'unix:/run/360p.sock',
    'unix:/run/audio.sock',
  ]);
});

test('timestamps are the source’s in every rendition, and frames neither made nor dropped', () => {
  const { input, of } = written();
  expect(input.options).toContain('-copyts');
  expect(of('720p')).toContain('-fps_mode passthrough -enc_time_base 1:1000');
});

test('what is copied is told nothing else', () => {
  expect(written().of('source')).toMatch(/^-map 0:v:0 -c:v copy -f flv/);
  expect(written().of('audio')).toMatch(/^-map 0:a:0 -c:a copy -f flv/);
});

describe('keyframes', () => {
  test('of encoded rungs are where the copied source has them', () => {
    expect(written().of('360p')).toContain('-force_key_frames source');
  });
  test.each([
    [60, 60],
    [50, 50],
    [30, 30],
    [25, 25],
    [60_000 / 1001, 66],
    [30_000 / 1001, 30],
    [24_000 / 1001, 24],
    [10, 10],
    [3, 3],
    [null, 30],
  ])(
    'of encoded rungs come each second as well, in whole parts: at %s frames every %s',
    (fps, frames) => {
      const video = testVideo({ width: 1280, height: 720, fps });
      expect(written({ source: { ...source, video } }).of('360p')).toContain(` -g ${frames} `);
    },
  );
  test('come by the aim for segments when nothing is copied', () => {
    expect(written({ encodeSource: true }).of('source')).toContain(
      '-force_key_frames expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+2))',
    );
  });
});

describe('threads', () => {
  test('grow with the pixels of a rung, within the cores', () => {
    const threads = (name: string, cores: number) =>
      /-threads (\d+)/.exec(written({ cores }).of(name))?.[1];
    expect([threads('720p', 8), threads('480p', 8), threads('360p', 8)]).toEqual(['4', '2', '1']);
    expect(threads('720p', 2)).toBe('2');
  });
  test('of the decoder hold no frame back, but where one core cannot decode in time', () => {
    expect(written().input.options.join(' ')).toContain('-thread_type:v slice');
    const uhd = { ...source, video: testVideo({ width: 3840, height: 2160, fps: 60 }) };
    expect(written({ source: uhd }).input.options.join(' ')).not.toContain('-thread_type');
  });
});

test('sound without a header of its own is probed for', () => {
  const mp3 = { ...TEST_AUDIO, codec: 'mp3' as const } as Source['audio'];
  expect(written().input.options.join(' ')).toContain('-probesize 32 ');
  expect(written({ source: { ...source, audio: mp3 } }).input.options.join(' ')).toContain(
    '-probesize 500000 ',
  );
});

describe.each(HARDWARE_ENCODERS.map((encoder) => [encoder.name, encoder] as const))(
  '%s',
  (name, encoder) => {
    test('encodes without B-frames, keyframes where they are forced', () => {
      const options = written({ encoder }).of('720p');
      expect(options).toContain(`-c:v ${name}`);
      expect(options).toContain('-bf 0');
      expect(options).toContain('-force_key_frames source');
      expect(options).not.toContain('-threads');
    });
  },
);

test('VAAPI opens its device before the input and uploads what is scaled', () => {
  const encoder = HARDWARE_ENCODERS.find(({ name }) => name === 'h264_vaapi');
  const { input, of } = written({ encoder: encoder ?? SOFTWARE_ENCODER });
  expect(input.options.join(' ')).toContain('-vaapi_device /dev/dri/renderD128');
  expect(of('360p')).toContain('scale=640:360:flags=bicubic,format=nv12,hwupload');
});
