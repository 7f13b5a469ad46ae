import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Archiver } from '../../chat/log/archive.ts';
import { ArchiveOutbox } from '../../chat/log/archive-outbox.ts';
import { type ArchiveQueries, createArchiveQueries } from '../../chat/log/archive-queries.ts';
import type { Broker } from '../../chat/log/broker.ts';
import { openRedisBroker } from '../../chat/log/broker-redis.ts';
import type { ChatDatabase } from '../../chat/log/chat-database.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import { chatDatabaseOf } from '../support/chat-databases.ts';
import { draftOf } from '../support/chat-drafts.ts';
import { describeDatabases, type FreshDatabase } from '../support/databases.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const log = createLog('silent');

describeDatabases('archiver', (makeDatabase) => {
  let server: TestRedis;
  let redis: RedisHandles;
  let broker: Broker;
  let fresh: FreshDatabase;
  let db: ChatDatabase;
  let queries: ArchiveQueries;
  const archivers: Archiver[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    redis = await openRedis({ url: server.url, clock: systemClock, log });
    await redis.commands.flushall();
    broker = await openRedisBroker({ redis, clock: systemClock, log });
    fresh = await makeDatabase();
    db = await chatDatabaseOf(fresh);
    queries = createArchiveQueries(db);
  });
  afterEach(async () => {
    for (const archiver of archivers.splice(0)) await archiver.stop();
    await broker.close();
    await redis.close();
    await db.destroy();
    await fresh.remove();
  });

  const archive = (name = 'a') => {
    const times = { claimIdleMs: 100, claimEveryMs: 50 };
    const archiver = new Archiver({ redis, db, clock: systemClock, log, name, ...times });
    archivers.push(archiver);
    archiver.start();
    return archiver;
  };
  const publish = (count: number, channel = 'live') =>
    Promise.all(Array.from({ length: count }, () => broker.publish(channel, draftOf())));
  const archived = async (channel = 'live') => {
    const messages = await queries.page(channel, { before: null, limit: 10_000 });
    return messages.map((message) => message.offset);
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const waiting = async (): Promise<number> => {
    const keys = await redis.commands.keys('*:outbox');
    const lengths = await Promise.all(keys.map((key) => redis.commands.xlen(key)));
    return lengths.reduce((sum, length) => sum + length, 0);
  };
  const untilArchived = (count: number, channel = 'live') =>
    until(async () => expect(await archived(channel)).toEqual(upTo(count)));

  it('writes every message of every channel once, and keeps nothing waiting', async () => {
    await publish(700);
    archive();
    await publish(40, 'other');
    await untilArchived(700);
    await untilArchived(40, 'other');
    await until(async () => expect(await waiting()).toBe(0));
  });

  it('shares the work with others, each entry still once', async () => {
    for (const name of ['a', 'b', 'c']) archive(name);
    for (let round = 0; round < 10; round++) await publish(50);
    await untilArchived(500);
  });

  it('takes over what another one took and never settled', async () => {
    const dead = new ArchiveOutbox(redis, 'dead');
    await dead.prepare();
    await publish(300);
    expect((await dead.take('new')).length).toBeGreaterThan(0);
    archive();
    await untilArchived(300);
    await until(async () => expect(await waiting()).toBe(0));
  });

  it('goes on with what it took before it was killed between writing and settling', async () => {
    const before = new ArchiveOutbox(redis, 'a');
    await before.prepare();
    await publish(20);
    await before.take('new');
    archive('a');
    await untilArchived(20);
  });

  it('writes what waited while the database was away', async () => {
    await db.schema.alterTable('chat_messages').renameTo('away').execute();
    archive();
    await publish(30);
    await until(async () => {
      const { pending } = await pendingOf(redis);
      expect(pending).toBe(30);
    });
    await db.schema.alterTable('away').renameTo('chat_messages').execute();
    await untilArchived(30);
  });

  it('begins anew with a Redis that has lost everything', async () => {
    archive();
    await publish(5);
    await untilArchived(5);
    await redis.commands.flushall();
    await publish(3);
    await until(async () => expect(await archived()).toEqual([...upTo(5), ...upTo(3)]));
  });

  it('keeps marks, and no other entries than messages', async () => {
    archive();
    const message = draftOf();
    await broker.publish('live', message);
    for (const kind of ['deleted', 'mode', 'pinned', 'sanction'] as const) {
      const body = JSON.stringify({ type: kind, messages: [message.id] });
      await broker.publish('live', draftOf({ kind, clientId: null, body }));
    }
    await until(async () =>
      expect(await queries.byId('live', message.id)).toMatchObject({ deleted: true }),
    );
    expect(await archived()).toEqual([1]);
  });

  it('leaves no trace of itself when it is stopped', async () => {
    const archiver = archive('gone');
    await publish(3);
    await untilArchived(3);
    await archiver.stop();
    expect((await pendingOf(redis)).consumers).toBe(0);
  });
});

/** Over all outboxes: what is taken and not settled, and by how many. */
async function pendingOf(redis: RedisHandles): Promise<{ pending: number; consumers: number }> {
  const sum = { pending: 0, consumers: 0 };
  for (const key of await redis.commands.keys('*:outbox')) {
    const groups = (await redis.commands.xinfo('GROUPS', key)) as unknown[][];
    for (const fields of groups) {
      sum.pending += Number(fields[fields.indexOf('pending') + 1]);
      sum.consumers += Number(fields[fields.indexOf('consumers') + 1]);
    }
  }
  return sum;
}
