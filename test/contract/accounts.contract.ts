import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Accounts } from '../../platform/accounts.ts';
import { createDbAccounts } from '../../platform/accounts-db.ts';
import type { Bus, BusFacts } from '../../platform/bus.ts';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import type { Channel } from '../../platform/channels.ts';
import { createDbChannels } from '../../platform/channels-db.ts';
import { randomId } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { watchNotices } from '../../platform/db/notices.ts';
import { createLog } from '../../platform/log.ts';
import type { FreshDatabase, MakeDatabase } from '../support/databases.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

/** What accounts keep to, whatever database holds them. */
export function accountsContract(makeDatabase: MakeDatabase): void {
  let fresh: FreshDatabase;
  let db: Database;
  let bus: Bus;
  let clock: ManualClock;
  let accounts: Accounts;
  let channel: Channel;
  let told: BusFacts['chat:standing-changed'][];
  const stores = () => ({ db, clock, newId: randomId, bus });
  beforeEach(async () => {
    fresh = await makeDatabase();
    db = await fresh.open();
    clock = createManualClock();
    bus = createMemoryBus(createLog('silent'));
    accounts = createDbAccounts(stores());
    channel = (await createDbChannels(stores()).create('stage')).channel;
    told = [];
    bus.subscribe('chat:standing-changed', (fact) => told.push(fact));
  });
  afterEach(() => fresh.remove());

  describe('a user', () => {
    it('is found by id and, in any case, by name', async () => {
      const user = await accounts.create('Alice_1');
      expect(user).toEqual({
        id: user.id,
        name: 'alice_1',
        displayName: 'Alice_1',
        color: null,
        createdAt: clock.now(),
        admin: false,
      });
      expect(await accounts.userByName('ALICE_1')).toEqual(user);
      expect(await accounts.userById(user.id)).toEqual(user);
      expect(await accounts.userByName('nobody')).toBeNull();
      expect(await accounts.userById('nobody')).toBeNull();
    });

    it.each(['ab', 'a'.repeat(26), 'with space', 'dash-ed', 'émile', '../etc', ''])(
      'cannot be called %j',
      async (name) => {
        await expect(accounts.create(name)).rejects.toMatchObject({ code: 'user_name_invalid' });
        await expect(accounts.ensure(name)).rejects.toMatchObject({ code: 'user_name_invalid' });
      },
    );

    it.each(['admin', 'signin', 'SignOut', 'moderator', 'guest'])(
      'cannot be called %s, which the product keeps',
      async (name) => {
        await expect(accounts.create(name)).rejects.toMatchObject({ code: 'user_name_reserved' });
      },
    );

    it('is made once, also by two at the same time', async () => {
      const made = await Promise.allSettled([accounts.create('alice'), accounts.create('ALICE')]);
      expect(made.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
      await expect(accounts.create('alice')).rejects.toMatchObject({ code: 'user_exists' });
    });

    it('is made when needed, and found from then on', async () => {
      const both = await Promise.all([accounts.ensure('alice'), accounts.ensure('Alice')]);
      expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
      expect(both[0]?.user.id).toBe(both[1]?.user.id);
      expect(await accounts.ensure('alice')).toMatchObject({ created: false });
    });

    it('may be an administrator, and all are listed by name', async () => {
      await accounts.create('zoe', { admin: true });
      await accounts.create('alice');
      expect(await accounts.list()).toMatchObject([
        { name: 'alice', admin: false },
        { name: 'zoe', admin: true },
      ]);
    });

    it('has a colour or none, and every node hears of a new one', async () => {
      const { id } = await accounts.create('alice');
      await accounts.setColor(id, '#ffb35c');
      expect(await accounts.userById(id)).toMatchObject({ color: '#ffb35c' });
      expect(await accounts.rolesIn(channel.id, id)).toMatchObject({ color: '#ffb35c' });
      await accounts.setColor(id, null);
      expect(await accounts.userById(id)).toMatchObject({ color: null });
      expect(told).toEqual([
        { channel: null, userId: id },
        { channel: null, userId: id },
      ]);
    });
  });

  describe('a role', () => {
    it('is one for each channel: the newest', async () => {
      const { id } = await accounts.create('alice');
      const other = (await createDbChannels(stores()).create('other')).channel;
      expect(await accounts.rolesIn(channel.id, id)).toMatchObject({ role: null });
      await accounts.setRole(channel, id, 'vip');
      await accounts.setRole(channel, id, 'moderator');
      expect(await accounts.rolesIn(channel.id, id)).toMatchObject({ role: 'moderator' });
      expect(await accounts.rolesIn(other.id, id)).toMatchObject({ role: null });
      await accounts.setRole(channel, id, null);
      expect(await accounts.rolesIn(channel.id, id)).toMatchObject({ role: null });
    });

    it('of somebody unknown is none', async () => {
      expect(await accounts.rolesIn(channel.id, 'nobody')).toEqual({
        role: null,
        followedAt: null,
        color: null,
      });
    });

    it('is told to every node when it changes', async () => {
      const { id } = await accounts.create('alice');
      await accounts.setRole(channel, id, 'vip');
      await accounts.setRole(channel, id, null);
      expect(told).toEqual([
        { channel: 'stage', userId: id },
        { channel: 'stage', userId: id },
      ]);
    });

    it('puts broadcasters before moderators and VIPs in the list, by name among them', async () => {
      for (const [name, role] of [
        ['vera', 'vip'],
        ['mona', 'moderator'],
        ['max', 'moderator'],
        ['bob', 'broadcaster'],
      ] as const)
        await accounts.setRole(channel, (await accounts.create(name)).id, role);
      const listed = await accounts.listRoles(channel.id);
      expect(listed.map(({ name, role }) => `${name} ${role}`)).toEqual([
        'bob broadcaster',
        'max moderator',
        'mona moderator',
        'vera vip',
      ]);
    });
  });

  describe('following', () => {
    it('counts from the first time, once for each person', async () => {
      const alice = await accounts.create('alice');
      const bob = await accounts.create('bob');
      const since = clock.now();
      await accounts.follow(channel, alice.id);
      clock.advance(60_000);
      await accounts.follow(channel, alice.id);
      await accounts.follow(channel, bob.id);
      expect(await accounts.rolesIn(channel.id, alice.id)).toMatchObject({ followedAt: since });
      expect(await accounts.countFollowers(channel.id)).toBe(2);
    });

    it('ends, twice without harm, and every node hears of it', async () => {
      const { id } = await accounts.create('alice');
      await accounts.follow(channel, id);
      await accounts.unfollow(channel, id);
      await accounts.unfollow(channel, id);
      expect(await accounts.rolesIn(channel.id, id)).toMatchObject({ followedAt: null });
      expect(await accounts.countFollowers(channel.id)).toBe(0);
      expect(told).toHaveLength(3);
      expect(new Set(told.map((fact) => fact.channel))).toEqual(new Set(['stage']));
    });
  });

  it('a change by a process without a bus reaches one of the servers within a second, once', async () => {
    const { id } = await accounts.create('alice');
    const log = createLog('silent');
    const otherDb = await fresh.open();
    const servers = [
      watchNotices({ db, bus, clock, log }),
      watchNotices({ db: otherDb, bus, clock, log }),
    ];
    const ctl = createDbAccounts({ ...stores(), bus: null });
    await ctl.setRole(channel, id, 'moderator');
    expect(told).toEqual([]);
    clock.advance(500);
    await expect.poll(() => told).toEqual([{ channel: 'stage', userId: id }]);
    clock.advance(500);
    // A poll that began is waited for.
    for (const server of servers) await server.stop();
    expect(told).toHaveLength(1);
  });
}
