import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST_MEDIA_MS } from '../../../platform/stream.ts';
import { MemorySegmentStore } from '../../../transcoder/packager/segment-store-memory.ts';
import { feed, type Recording, record } from '../../support/flv-feeder.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import {
  audioPlan,
  beginRun,
  type PackagerLive,
  startPackager,
  videoPlan,
} from '../../support/packager-live.ts';

let live: PackagerLive;
let clock: ManualClock;
let store: MemorySegmentStore;
let recording: Recording;
const both = [videoPlan('source'), videoPlan('360p', false), audioPlan];
const one = [videoPlan('source'), audioPlan];

beforeEach(async () => {
  clock = createManualClock();
  store = new MemorySegmentStore({ clock, maxBytes: 64 * 1024 * 1024 });
  live = await startPackager({ clock, store });
  recording = await record({ seconds: 3 });
});

afterEach(async () => {
  await live.packager.end();
  await live.live.close();
});

const get = (path: string) => fetch(`${live.live.url}/live/demo/stream1/360p/${path}`);

/** A run of three seconds, the `round`th of the stream. */
async function play(plan: typeof both, round: number): Promise<void> {
  const atMs = FIRST_MEDIA_MS + round * 4000;
  const videos = plan.filter(({ kind }) => kind === 'video').map(({ name }) => name);
  const run = beginRun(live.packager, plan, atMs);
  await feed(run, recording, { speed: 1000, atMs, videos });
  run.close();
}

const filesIn = (playlist: string): string[] =>
  playlist.match(/(init|seg|part)-\d+\.(mp4|m4s)/g) ?? [];

const status = async (path: string) => {
  const answer = await get(path);
  await answer.arrayBuffer();
  return answer.status;
};
const stored = async (file: string) => {
  const found = await store.open(`demo/stream1/360p/${file}`);
  return found === null ? null : text(found.stream({ start: 0, end: found.size - 1 }));
};

describe('a rendition that is given up', () => {
  it('keeps its media for who plays it: in memory, then in the store, for ten minutes', async () => {
    await play(both, 0);
    await play(one, 1);
    const statuses = () => Promise.all(['init-1.mp4', 'seg-1.m4s', 'part-3.m4s'].map(status));
    expect(await status('index.m3u8')).toBe(410);
    expect(await statuses()).toEqual([200, 200, 200]);
    clock.advance(24_500);
    expect(await statuses()).toEqual([200, 200, 404]);
    clock.advance(9 * 60_000);
    expect(await statuses()).toEqual([200, 200, 404]);
    clock.advance(60_000);
    expect(await statuses()).toEqual([404, 404, 404]);
    expect(await status('index.m3u8')).toBe(410);
  });

  it('ends the playlist for static servers', async () => {
    await play(both, 0);
    await play(one, 1);
    await expect.poll(() => stored('index.m3u8')).toMatch(/seg-2\.m4s\n#EXT-X-ENDLIST\n$/);
    clock.advance(11 * 60_000);
    expect(await stored('index.m3u8')).toBeNull();
  });

  it('leaves the files of its next life alone', async () => {
    await play(both, 0);
    await play(one, 1);
    await play(both, 2);
    clock.advance(11 * 60_000);
    expect(await stored('seg-1.m4s')).toBeNull();
    await expect.poll(() => stored('index.m3u8')).toContain('init-2.mp4');
    expect(await stored('index.m3u8')).not.toContain('ENDLIST');
    expect(await status('init-2.mp4')).toBe(200);
  });
});

describe('the init segments of many runs', () => {
  it('go when their segments have been out of the playlist for ten minutes', async () => {
    for (let round = 0; round < 22; round++) await play(both, round);
    expect(await (await get('index.m3u8')).text()).not.toContain('init-1.mp4');
    expect(await status('init-1.mp4')).toBe(200);
    clock.advance(11 * 60_000);
    await play(both, 22);
    expect(await Promise.all(['init-1.mp4', 'init-8.mp4'].map(status))).toEqual([404, 200]);
  });
});

describe('a rendition that is added', () => {
  it('lets players wait for its first segment, whose number the others tell', async () => {
    for (const round of [0, 1, 2]) await play(one, round);
    const run = beginRun(live.packager, both, FIRST_MEDIA_MS + 12_000);
    const source = await (
      await fetch(`${live.live.url}/live/demo/stream1/source/index.m3u8`)
    ).text();
    const last = Number(
      source
        .match(/seg-(\d+)/g)
        ?.at(-1)
        ?.slice(4),
    );
    expect(last).toBeGreaterThan(3);
    expect(await status(`index.m3u8?_HLS_msn=${last + 3}`)).toBe(400);
    const waiting = get(`index.m3u8?_HLS_msn=${last + 1}&_HLS_part=0`);
    const early = await Promise.race([waiting, new Promise((wait) => setTimeout(wait, 50))]);
    expect(early).toBeUndefined();
    await feed(run, recording, {
      speed: 1000,
      atMs: FIRST_MEDIA_MS + 12_000,
      videos: ['source', '360p'],
    });
    run.close();
    const answer = await waiting;
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(`#EXT-X-MEDIA-SEQUENCE:${last + 1}\n`);
  });
});

describe('a rendition that comes back', () => {
  it('never gives a name of its earlier life to other bytes', async () => {
    await play(both, 0);
    const before = await (await get('index.m3u8')).text();
    await play(one, 1);
    await play(both, 2);
    const after = await (await get('index.m3u8')).text();
    const media = (playlist: string) => playlist.replace(/^#EXT-X-PRELOAD-HINT.*$/m, '');
    const again = filesIn(media(after)).filter((name) => filesIn(media(before)).includes(name));
    expect(filesIn(after).length).toBeGreaterThan(10);
    expect(again).toEqual([]);
  });
});
