import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { DiskSegmentStore } from '../../../transcoder/packager/segment-store-disk.ts';
import { createStreamPackager } from '../../../transcoder/packager/stream-packager.ts';
import { feed, record } from '../../support/flv-feeder.ts';
import { type LiveOrigin, silentLog, startLiveOrigin } from '../../support/live-origin.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { audioPlan, beginRun, startPackager, videoPlan } from '../../support/packager-live.ts';

const packagerFor = (live: LiveOrigin, streamId: string, clock = systemClock) =>
  createStreamPackager({
    ...{ origin: live.origin, channel: 'demo', streamId, partMs: 200, segmentMs: 2000 },
    ...{ clock, log: silentLog, onPlayable() {}, onLongKeyframes: () => false },
  });

const plan = [videoPlan('source'), audioPlan];

describe('the streams of one channel', () => {
  it('are kept apart by their ids: the ended one stays ten minutes beside the new one', async () => {
    const clock = createManualClock();
    const live = await startLiveOrigin({ clock });
    const recording = await record({ seconds: 3 });
    const status = async (path: string) => (await fetch(`${live.url}/live/demo/${path}`)).status;
    const first = packagerFor(live, 'first', clock);
    await feed(beginRun(first, plan), recording, { speed: 1000 });
    await first.end();
    const second = packagerFor(live, 'second', clock);
    expect(await status('index.m3u8')).toBe(404);
    await feed(beginRun(second, plan), recording, { speed: 1000 });
    const channel = await (await fetch(`${live.url}/live/demo/index.m3u8`)).text();
    expect(channel).toContain('second/source/index.m3u8');
    const ended = await (await fetch(`${live.url}/live/demo/first/source/index.m3u8`)).text();
    expect(ended).toContain('#EXT-X-ENDLIST');
    clock.advance(9 * 60_000);
    expect(await status('first/source/index.m3u8')).toBe(200);
    clock.advance(2 * 60_000);
    expect(await status('first/source/index.m3u8')).toBe(404);
    expect(await status('second/source/index.m3u8')).toBe(200);
    await second.end();
    await live.close();
  });

  it('become playable without a rendition that does not come', async () => {
    const clock = createManualClock();
    const live = await startLiveOrigin({ clock });
    const packager = packagerFor(live, 'stream', clock);
    const run = beginRun(packager, [...plan, videoPlan('360p', false)]);
    await feed(run, await record({ seconds: 3 }), { speed: 1000 });
    const master = () => fetch(`${live.url}/live/demo/index.m3u8`);
    const starting = await master();
    expect(starting.status).toBe(404);
    expect(await starting.text()).toMatch(/is starting/);
    expect(starting.headers.get('cache-control')).toBe('no-store');
    const silent = await fetch(`${live.url}/live/demo/stream/360p/index.m3u8`);
    expect([silent.status, silent.headers.get('cache-control')]).toEqual([404, 'no-store']);
    clock.advance(1500);
    const playlist = await (await master()).text();
    expect(playlist).toContain('source/index.m3u8');
    expect(playlist).not.toContain('360p');
    await packager.end();
    await live.close();
  });
});

describe('segments that left memory', () => {
  it('come from disk, in ranges too', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'footlight-window-'));
    const store = new DiskSegmentStore({ directory, clock: systemClock, log: silentLog });
    const live = await startPackager({ store });
    const recording = await record({ seconds: 50, size: '160x90', fps: '10' });
    await feed(beginRun(live.packager, plan), recording, { speed: 60 });
    const url = (msn: number) => `${live.live.url}/live/demo/stream1/source/seg-${msn}.m4s`;
    const whole = Buffer.from(await (await fetch(url(1))).arrayBuffer());
    const range = await fetch(url(1), { headers: { range: 'bytes=10-99' } });
    expect(range.status).toBe(206);
    expect(Buffer.from(await range.arrayBuffer()).equals(whole.subarray(10, 100))).toBe(true);
    await rm(join(directory, 'demo/stream1/source'), { recursive: true });
    const statuses = await Promise.all([1, 24].map(async (msn) => (await fetch(url(msn))).status));
    expect(statuses).toEqual([404, 200]);
    await live.packager.end();
    await live.live.close();
    await rm(directory, { recursive: true, force: true });
  });
});
