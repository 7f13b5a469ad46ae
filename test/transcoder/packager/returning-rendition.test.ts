import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST_MEDIA_MS } from '../../../platform/stream.ts';
import { feed, type Recording, record } from '../../support/flv-feeder.ts';
import {
  audioPlan,
  beginRun,
  type PackagerLive,
  startPackager,
  videoPlan,
} from '../../support/packager-live.ts';

let live: PackagerLive;
let recording: Recording;
const both = [videoPlan('source'), videoPlan('360p', false), audioPlan];
const one = [videoPlan('source'), audioPlan];

beforeEach(async () => {
  live = await startPackager();
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
