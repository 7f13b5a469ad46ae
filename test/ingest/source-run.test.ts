import { afterAll, beforeAll, expect, test } from 'vitest';
import { FeedServer } from '../../ingest/feed-server.ts';
import type { MediaTag } from '../../ingest/media-tag.ts';
import { SourceRun } from '../../ingest/source-run.ts';
import { setUpAudio, setUpVideo } from '../../ingest/track-setup.ts';
import { parseAudioTag } from '../../platform/media/audio-tag.ts';
import { parseVideoTag } from '../../platform/media/video-tag.ts';
import type { Source } from '../../platform/stream.ts';
import { recordMedia } from './support/recorded-media.ts';

const feeds = new FeedServer();
let video: ReturnType<typeof setUpVideo>;
let audio: ReturnType<typeof setUpAudio>;

beforeAll(async () => {
  await feeds.listen();
  const media = await recordMedia({ seconds: 1 });
  const configOf = (type: number) =>
    media.find((message) => message.type === type)?.payload ?? Buffer.alloc(0);
  const readable = { codecs: [], ffmpegVersion: null };
  video = setUpVideo(parseVideoTag(configOf(9)), Buffer.alloc(50), readable);
  audio = setUpAudio(parseAudioTag(configOf(8)), Buffer.alloc(50));
});
afterAll(() => feeds.close());

const frame = (mediaMs: number, isVideo: boolean): MediaTag => {
  return { bytes: Buffer.alloc(100), mediaMs, entry: isVideo, video: isVideo };
};

/** A run at time 0; its clock is what `at` is given. */
function openRun() {
  const announced: Source[] = [];
  const opened: string[] = [];
  const run = new SourceRun({
    feeds,
    newId: () => {
      opened.push(`s${opened.length}`);
      return opened.at(-1) ?? '';
    },
    firstRun: 1,
    onSource: (source) => announced.push(source),
  });
  return { run, announced, opened };
}

test('media behind the end of a publisher begins no source that nobody would end', () => {
  const { run, announced, opened } = openRun();
  run.expect({ video: true, audio: false });
  run.setVideo(video, 0);
  run.push(frame(10_000, true), 0);
  expect(announced).toHaveLength(1);
  run.end();
  run.push(frame(10_040, true), 40);
  run.settle(5000);
  expect(opened).toHaveLength(1);
  expect(announced).toHaveLength(1);
});

test('a source is announced at once when the metadata says that no other track comes', () => {
  const { run, announced } = openRun();
  run.expect({ video: true, audio: false });
  run.setVideo(video, 0);
  run.push(frame(10_000, true), 0);
  expect(announced).toMatchObject([{ audio: null }]);
  const sound = openRun();
  sound.run.expect({ video: false, audio: true });
  sound.run.setAudio(audio, 0);
  sound.run.push(frame(10_000, false), 0);
  expect(sound.announced).toMatchObject([{ video: null }]);
  run.end();
  sound.run.end();
});

test.each([
  ['half a second, when nothing is declared', null, 500],
  ['three seconds, when it is promised', { video: true, audio: true }, 3000],
])('a track that does not come is waited for %s', (_, expected, waitMs) => {
  const { run, announced } = openRun();
  if (expected !== null) run.expect(expected);
  run.setVideo(video, 0);
  run.push(frame(10_000, true), 0);
  run.settle(waitMs - 1);
  expect(announced).toEqual([]);
  run.settle(waitMs);
  expect(announced).toMatchObject([{ audio: null }]);
  run.end();
});

test.each([
  ['half a second, when nothing is declared', null, 500],
  ['three seconds, when it is promised', { video: true, audio: true }, 3000],
])('sound alone waits for a picture %s', (_, expected, waitMs) => {
  const { run, announced } = openRun();
  if (expected !== null) run.expect(expected);
  run.setAudio(audio, 0);
  run.push(frame(10_000, false), waitMs - 1);
  expect(announced).toEqual([]);
  run.push(frame(10_020, false), waitMs);
  expect(announced).toMatchObject([{ video: null }]);
  run.end();
});
