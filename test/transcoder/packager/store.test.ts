import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import type { SegmentStore } from '../../../transcoder/packager/segment-store.ts';
import { DiskSegmentStore } from '../../../transcoder/packager/segment-store-disk.ts';
import { MemorySegmentStore } from '../../../transcoder/packager/segment-store-memory.ts';
import { feed, record } from '../../support/flv-feeder.ts';
import { silentLog } from '../../support/live-origin.ts';
import { audioPlan, beginRun, startPackager, videoPlan } from '../../support/packager-live.ts';

const MINUTE = 60_000;
let directory: string;

/** The wall clock and its timers, moved by hand. */
function handClock() {
  let now = Date.now();
  const timers = new Set<{ at: number; every: number | null; callback: () => void }>();
  const add = (timer: { at: number; every: number | null; callback: () => void }) => {
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    now: () => now,
    after: (ms: number, callback: () => void) => add({ at: now + ms, every: null, callback }),
    every: (ms: number, callback: () => void) => add({ at: now + ms, every: ms, callback }),
    pass(ms: number) {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        if (timer.every === null) timers.delete(timer);
        else timer.at = now + timer.every;
        timer.callback();
      }
    },
  };
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'footlight-store-'));
});

afterEach(async () => {
  await chmod(directory, 0o755);
  await rm(directory, { recursive: true, force: true });
});

type Clock = ReturnType<typeof handClock>;
const stores: Record<string, (clock: Clock) => SegmentStore> = {
  memory: (clock) => new MemorySegmentStore({ clock, maxBytes: 1000 }),
  disk: (clock) => new DiskSegmentStore({ directory, clock, log: silentLog, maxQueuedBytes: 1000 }),
};

for (const [name, make] of Object.entries(stores)) {
  describe(`a segment store in ${name}`, () => {
    const read = async (store: SegmentStore, path: string) => {
      const file = await store.open(path);
      if (file === null) return null;
      return text(file.stream({ start: 0, end: file.size - 1 }));
    };

    it('gives back what it keeps, whole and in ranges, and takes the newer file', async () => {
      const store = make(handClock());
      await store.start();
      expect(await store.put('a/b/c/seg-1.m4s', [Buffer.from('one'), Buffer.from('two')])).toBe(
        true,
      );
      expect(await read(store, 'a/b/c/seg-1.m4s')).toBe('onetwo');
      const file = await store.open('a/b/c/seg-1.m4s');
      expect(await text(file?.stream({ start: 2, end: 3 }) ?? Readable.from([]))).toBe('et');
      await store.put('a/b/c/seg-1.m4s', [Buffer.from('new')]);
      expect(await read(store, 'a/b/c/seg-1.m4s')).toBe('new');
      expect(await store.open('a/b/c/seg-2.m4s')).toBeNull();
      await store.stop();
    });

    it('lets go of files ten minutes after they left the playlist', async () => {
      const clock = handClock();
      const store = make(clock);
      await store.start();
      await store.put('a/b/c/seg-1.m4s', [Buffer.from('one')]);
      await store.put('a/b/c/seg-2.m4s', [Buffer.from('two')]);
      store.retire('a/b/c/seg-1.m4s');
      clock.pass(9 * MINUTE);
      expect(await read(store, 'a/b/c/seg-1.m4s')).toBe('one');
      clock.pass(2 * MINUTE);
      await expect.poll(() => store.open('a/b/c/seg-1.m4s')).toBeNull();
      expect(await read(store, 'a/b/c/seg-2.m4s')).toBe('two');
      store.retire('a/b');
      clock.pass(11 * MINUTE);
      await expect.poll(() => store.open('a/b/c/seg-2.m4s')).toBeNull();
      await store.stop();
    });

    it('refuses what is more than it may hold', async () => {
      const store = make(handClock());
      expect(await store.put('a/b/c/seg-1.m4s', [Buffer.alloc(1001)])).toBe(false);
      expect(await store.put('a/b/c/seg-1.m4s', [Buffer.alloc(1000)])).toBe(true);
    });
  });
}

describe('files on disk', () => {
  it('stay readable for the one who reads while they are removed', async () => {
    const store = new DiskSegmentStore({ directory, clock: handClock(), log: silentLog });
    await store.put('a/b/c/seg-1.m4s', [Buffer.alloc(300_000, 'x')]);
    const file = await store.open('a/b/c/seg-1.m4s');
    await rm(join(directory, 'a'), { recursive: true });
    expect(await text(file?.stream({ start: 0, end: 299_999 }) ?? Readable.from([]))).toHaveLength(
      300_000,
    );
  });

  it('of an earlier server go when their retention is over', async () => {
    for (const [stream, minutes] of [
      ['old', 11],
      ['young', 5],
    ] as const) {
      const folder = join(directory, 'demo', stream, 'source');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'seg-1.m4s'), 'x');
      const written = new Date(Date.now() - minutes * MINUTE);
      for (const path of [folder, join(folder, '..')]) await utimes(path, written, written);
    }
    const clock = handClock();
    const store = new DiskSegmentStore({ directory, clock, log: silentLog });
    await store.start();
    expect(await readdir(join(directory, 'demo'))).toEqual(['young']);
    clock.pass(6 * MINUTE);
    await expect.poll(() => readdir(directory)).toEqual([]);
    await store.stop();
  });

  it('of a live stream outlast a fault that is longer than the retention', async () => {
    const clock = handClock();
    const store = new DiskSegmentStore({ directory, clock, log: silentLog });
    await store.start();
    await store.put('demo/live/source/init-1.mp4', [Buffer.from('init')]);
    const folders = ['demo/live/source', 'demo/live'].map((path) => join(directory, path));
    await mkdir(join(directory, 'demo/live/source/seg-1.m4s.tmp'));
    expect(await store.put('demo/live/source/seg-1.m4s', [Buffer.from('x')])).toBe(false);
    const written = new Date(Date.now() - 11 * MINUTE);
    for (const folder of folders) await utimes(folder, written, written);
    await mkdir(join(directory, 'demo/older'));
    await utimes(join(directory, 'demo/older'), written, written);
    clock.pass(MINUTE);
    await expect.poll(() => readdir(join(directory, 'demo'))).toEqual(['live']);
    expect(await readFile(join(directory, 'demo/live/source/init-1.mp4'), 'utf8')).toBe('init');
    await store.stop();
  });

  it('that cannot be written are named as a fault until they can be again', async () => {
    const blocked = join(directory, 'live');
    await writeFile(blocked, 'a file where the folder should be');
    const store = new DiskSegmentStore({ directory: blocked, clock: handClock(), log: silentLog });
    expect(await store.put('a/b/c/seg-1.m4s', [Buffer.from('x')])).toBe(false);
    expect(store.fault).toMatch(/cannot be written to DATA_DIR .* Streams go on from memory/);
    await rm(blocked);
    expect(await store.put('a/b/c/seg-1.m4s', [Buffer.from('x')])).toBe(true);
    expect(store.fault).toBeNull();
  });

  it('on a full disk are refused with the cure, and nothing half-written stays', async () => {
    // Every write to /dev/full fails as on a full disk; a link leads the temporary file there.
    const { symlink } = await import('node:fs/promises');
    const store = new DiskSegmentStore({ directory, clock: handClock(), log: silentLog });
    await mkdir(join(directory, 'a/b/c'), { recursive: true });
    await symlink('/dev/full', join(directory, 'a/b/c/seg-1.m4s.tmp'));
    expect(await store.put('a/b/c/seg-1.m4s', [Buffer.from('x')])).toBe(false);
    expect(store.fault).toMatch(/disk of DATA_DIR is full: free some space/);
    expect(await readdir(join(directory, 'a/b/c'))).toEqual([]);
  });

  it('on a disk with room for small files alone are a fault until a large one is taken', async () => {
    const { symlink } = await import('node:fs/promises');
    const clock = handClock();
    const store = new DiskSegmentStore({ directory, clock, log: silentLog });
    const put = (name: string, bytes: number) =>
      store.put(`a/b/c/${name}`, [Buffer.alloc(bytes, 'x')]);
    const refused = async (name: string, bytes: number) => {
      await mkdir(join(directory, 'a/b/c'), { recursive: true });
      await symlink('/dev/full', join(directory, `a/b/c/${name}.tmp`));
      expect(await put(name, bytes)).toBe(false);
    };
    await refused('seg-1.m4s', 1000);
    expect(await put('index.m3u8', 100)).toBe(true);
    await refused('seg-2.m4s', 100);
    expect(await put('index.m3u8', 100)).toBe(true);
    expect(store.fault).toMatch(/disk of DATA_DIR is full/);
    expect(await put('seg-3.m4s', 900)).toBe(true);
    expect(store.fault).toBeNull();
    await refused('seg-4.m4s', 1000);
    clock.pass(29_999);
    expect(await put('index.m3u8', 100)).toBe(true);
    expect(store.fault).not.toBeNull();
    clock.pass(1);
    expect(await put('index.m3u8', 100)).toBe(true);
    expect(store.fault).toBeNull();
  });
});

describe('a live stream on disk', () => {
  it('can be played by a static server: playlists, init segments and whole segments', async () => {
    const store = new DiskSegmentStore({ directory, clock: systemClock, log: silentLog });
    const live = await startPackager({ store });
    const recording = await record({ seconds: 5 });
    await feed(beginRun(live.packager, [videoPlan('source'), audioPlan]), recording, {
      speed: 1000,
    });
    await live.packager.end();
    await live.live.close();
    const stream = join(directory, 'demo/stream1');
    const master = await readFile(join(stream, 'index.m3u8'), 'utf8');
    expect(master).toContain('\nsource/index.m3u8');
    expect((await readdir(join(stream, 'source'))).sort()).toEqual([
      'index.m3u8',
      'init-1.mp4',
      'seg-1.m4s',
      'seg-2.m4s',
      'seg-3.m4s',
    ]);
    const playlist = await readFile(join(stream, 'audio/index.m3u8'), 'utf8');
    expect(playlist).toMatch(/seg-3\.m4s\n#EXT-X-ENDLIST\n$/);
    expect(playlist).not.toMatch(/EXT-X-PART|GAP|SERVER-CONTROL/);
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const probe = await promisify(execFile)('ffprobe', [
      ...['-v', 'error', '-allowed_extensions', 'ALL', '-count_packets'],
      ...['-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'csv=p=0'],
      join(stream, 'index.m3u8'),
    ]);
    expect(probe.stderr).toBe('');
    expect(probe.stdout).toMatch(/h264,150/);
    expect(probe.stdout).toMatch(/aac,2\d\d/);
  });

  it('has its init segment once the disk takes files again', async () => {
    const blocked = join(directory, 'live');
    await writeFile(blocked, 'a file where the folder should be');
    const store = new DiskSegmentStore({ directory: blocked, clock: systemClock, log: silentLog });
    const live = await startPackager({ store });
    const recording = await record({ seconds: 5 });
    const cut = recording.tags.findIndex(({ timestampMs }) => timestampMs > 2500);
    const run = beginRun(live.packager, [videoPlan('source'), audioPlan]);
    await feed(run, { ...recording, tags: recording.tags.slice(0, cut) }, { speed: 1000 });
    await expect.poll(() => live.packager.storeFault()).toMatch(/DATA_DIR/);
    await rm(blocked);
    await feed(run, { ...recording, tags: recording.tags.slice(cut) }, { speed: 1000 });
    await live.packager.end();
    await live.live.close();
    const source = join(blocked, 'demo/stream1/source');
    expect(await readdir(source)).toContain('init-1.mp4');
    expect(await readFile(join(source, 'index.m3u8'), 'utf8')).toMatch(
      /#EXT-X-GAP[\s\S]*seg-1\.m4s/,
    );
  });

  it('goes on from memory when nothing can be written', async () => {
    const blocked = join(directory, 'live');
    await writeFile(blocked, 'a file where the folder should be');
    const store = new DiskSegmentStore({ directory: blocked, clock: systemClock, log: silentLog });
    const live = await startPackager({ store });
    const recording = await record({ seconds: 50, size: '160x90', fps: '10' });
    await feed(beginRun(live.packager, [videoPlan('source'), audioPlan]), recording, {
      speed: 10_000,
    });
    await expect.poll(() => live.packager.storeFault()).toMatch(/DATA_DIR/);
    const oldest = await fetch(`${live.live.url}/live/demo/stream1/source/seg-1.m4s`);
    expect(oldest.status).toBe(200);
    expect((await oldest.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    await live.packager.end();
    await live.live.close();
  });
});
