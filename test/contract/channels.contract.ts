import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import type { Channels } from '../../platform/channels.ts';
import { createDbChannels, ensureFirstChannel } from '../../platform/channels-db.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { watchNotices } from '../../platform/db/notices.ts';
import { createLog } from '../../platform/log.ts';
import type { FreshDatabase, MakeDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** What channels and their keys keep to, whatever database holds them. */
export function channelsContract(makeDatabase: MakeDatabase): void {
  let fresh: FreshDatabase;
  let db: Database;
  let channels: Channels;
  const stores = () => ({ db, clock: systemClock, newId: randomId });
  beforeEach(async () => {
    fresh = await makeDatabase();
    db = await fresh.open();
    channels = createDbChannels(stores());
  });
  afterEach(() => fresh.remove());

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
        await expect(channels.create(name)).rejects.toMatchObject({
          code: 'channel_name_reserved',
        });
      },
    );

    it('is made once, also by two at the same time', async () => {
      const made = await Promise.allSettled([channels.create('stage'), channels.create('STAGE')]);
      expect(made.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
      await expect(channels.create('stage')).rejects.toMatchObject({ code: 'channel_exists' });
    });

    it('keeps its title and when it was last live, as numbers', async () => {
      await channels.create('stage');
      await channels.setTitle('stage', 'A title');
      await channels.setLastLive('Stage', 1_700_000_000_000);
      expect(await channels.list()).toMatchObject([
        { name: 'stage', title: 'A title', lastLiveAt: 1_700_000_000_000 },
      ]);
      const row = await db
        .selectFrom('channels')
        .select(({ fn }) => [
          'last_live_at',
          fn.countAll().over().as('count'),
          fn.sum('last_live_at').over().as('sum'),
        ])
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ last_live_at: 1_700_000_000_000, count: 1, sum: 1_700_000_000_000 });
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
      const newKey = await channels.resetKey('Stage');
      expect(newKey).not.toBe(streamKey);
      expect(await channels.byStreamKey(streamKey)).toBeNull();
      expect(await channels.byStreamKey(newKey)).toMatchObject({ name: 'stage' });
      await expect(channels.resetKey('nobody')).rejects.toMatchObject({ code: 'channel_unknown' });
    });

    it('is put on the bus once, by one of the servers on the same database', async () => {
      await channels.create('stage');
      const log = createLog('silent');
      const bus = createMemoryBus(log);
      const clock = createManualClock();
      const heard = vi.fn();
      bus.subscribe('channel:key-reset', heard);
      const servers = [db, await fresh.open(), await fresh.open()].map((each) =>
        watchNotices({ db: each, bus, clock, log }),
      );
      await createDbChannels({ ...stores(), db: await fresh.open() }).resetKey('stage');
      for (let poll = 0; poll < 3; poll++) {
        clock.advance(500);
        await eventually(() => expect(heard).toHaveBeenCalled());
      }
      for (const notices of servers) await notices.stop();
      expect(heard).toHaveBeenCalledExactlyOnceWith({ channel: 'stage' });
    });

    it('waits until the bus reaches all who have to hear of it', async () => {
      await channels.create('stage');
      const log = createLog('silent');
      let reaches = false;
      const bus = { ...createMemoryBus(log), reachesAll: () => reaches };
      const clock = createManualClock();
      const heard = vi.fn();
      bus.subscribe('channel:key-reset', heard);
      const notices = watchNotices({ db, bus, clock, log });
      await channels.resetKey('stage');
      const kept = () => db.selectFrom('notices').select('id').execute();
      clock.advance(500);
      expect(await kept()).toHaveLength(1);
      reaches = true;
      // One poll may be under way still.
      await expect
        .poll(() => {
          clock.advance(500);
          return heard.mock.calls;
        })
        .toEqual([[{ channel: 'stage' }]]);
      await notices.stop();
      expect(await kept()).toEqual([]);
    });
  });
}
