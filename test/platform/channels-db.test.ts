import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import type { Channels } from '../../platform/channels.ts';
import { createDbChannels, ensureFirstChannel } from '../../platform/channels-db.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { lockDataDir } from '../../platform/data-dir-lock.ts';
import { DATABASE_FILE, type Database, openDatabase } from '../../platform/db/database.ts';
import { watchNotices } from '../../platform/db/notices.ts';
import { createLog } from '../../platform/log.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { PROJECT } from '../support/product.ts';

let dataDir: string;
let db: Database;
let channels: Channels;
const stores = () => ({ db, clock: systemClock, newId: randomId });
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'footlight-db-'));
  db = await openDatabase(dataDir);
  channels = createDbChannels(stores());
});
afterEach(async () => {
  await db.destroy();
  rmSync(dataDir, { recursive: true });
});

describe('a channel', () => {
  it('is made with a key that finds it, in any case of its name', async () => {
    const { channel, streamKey } = await channels.create('Stage_1');
    expect(channel).toMatchObject({ name: 'stage_1', title: '', lastLiveAt: null });
    expect(await channels.byName('STAGE_1')).toEqual(channel);
    expect(await channels.byStreamKey(streamKey)).toEqual(channel);
    expect(await channels.streamKeyOf('stage_1')).toBe(streamKey);
    expect(await channels.byStreamKey(`${streamKey}x`)).toBeNull();
    expect(await channels.byName('nobody')).toBeNull();
    expect(await channels.streamKeyOf('nobody')).toBeNull();
  });

  it.each(['ab', 'a'.repeat(26), 'with space', 'dash-ed', 'émile', '../etc', ''])(
    'cannot be called %j',
    async (name) => {
      await expect(channels.create(name)).rejects.toMatchObject({ code: 'channel_name_invalid' });
    },
  );

  it.each(['live', 'embed', 'dashboard', 'rooms', 'whip', 'whep', 'chat', 'API', 'events'])(
    'cannot be called %s, which is a page of the product',
    async (name) => {
      await expect(channels.create(name)).rejects.toMatchObject({ code: 'channel_name_reserved' });
    },
  );

  it('is made once, also by two at the same time', async () => {
    const made = await Promise.allSettled([channels.create('stage'), channels.create('STAGE')]);
    expect(made.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(channels.create('stage')).rejects.toMatchObject({ code: 'channel_exists' });
  });

  it('keeps its title and when it was last live', async () => {
    await channels.create('stage');
    await channels.setTitle('stage', 'A title');
    await channels.setLastLive('Stage', 1_700_000_000_000);
    expect(await channels.list()).toMatchObject([
      { name: 'stage', title: 'A title', lastLiveAt: 1_700_000_000_000 },
    ]);
  });

  it('named live is made by the first start, and no second one', async () => {
    await ensureFirstChannel(stores(), 'live');
    const key = await channels.streamKeyOf('live');
    await ensureFirstChannel(stores(), 'live');
    expect(await channels.streamKeyOf('live')).toBe(key);
  });
});

describe('a reset key', () => {
  it('replaces the old one, which finds nothing any more', async () => {
    const { streamKey } = await channels.create('stage');
    const fresh = await channels.resetKey('Stage');
    expect(fresh).not.toBe(streamKey);
    expect(await channels.byStreamKey(streamKey)).toBeNull();
    expect(await channels.byStreamKey(fresh)).toMatchObject({ name: 'stage' });
    await expect(channels.resetKey('nobody')).rejects.toMatchObject({ code: 'channel_unknown' });
  });

  it('is put on the bus once by the server on the same database', async () => {
    await channels.create('stage');
    const log = createLog('silent');
    const bus = createMemoryBus(log);
    const clock = createManualClock();
    const heard = vi.fn();
    bus.subscribe('channel:key-reset', heard);
    const notices = watchNotices({ db, bus, clock, log });
    const other = await openDatabase(dataDir);
    await createDbChannels({ ...stores(), db: other }).resetKey('stage');
    await other.destroy();
    for (let poll = 0; poll < 3; poll++) {
      clock.advance(500);
      await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1));
    }
    await notices.stop();
    expect(heard).toHaveBeenCalledExactlyOnceWith({ channel: 'stage' });
  });
});

describe('the database', () => {
  it('is read by nobody else, for it holds the stream keys', () => {
    expect(statSync(join(dataDir, DATABASE_FILE)).mode & 0o077).toBe(0);
  });

  it('is made once by several processes that begin together', async () => {
    const fresh = join(dataDir, 'fresh');
    mkdirSync(fresh);
    const module = pathToFileURL(join(PROJECT, 'platform/db/database.ts')).href;
    const script = `const { openDatabase } = await import('${module}');
      const db = await openDatabase('${fresh}');
      await db.selectFrom('channels').selectAll().execute();`;
    const opened = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }),
    );
    const codes = await Promise.all(opened.map(async (child) => (await once(child, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
  });

  it('that cannot be opened is named with the cure', async () => {
    await expect(openDatabase(join(dataDir, 'nowhere'))).rejects.toMatchObject({
      code: 'database_unusable',
      message: expect.stringContaining('set DATA_DIR'),
    });
  });
});

it('a DATA_DIR belongs to one server until that one lets go', () => {
  const release = lockDataDir(dataDir);
  expect(() => lockDataDir(dataDir)).toThrow(/is used by another Footlight server/);
  release();
  lockDataDir(dataDir)();
});
