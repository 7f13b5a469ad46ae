import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createArchiveQueries } from '../../chat/log/archive-queries.ts';
import type { Broker } from '../../chat/log/broker.ts';
import { openChatDatabase } from '../../chat/log/chat-database.ts';
import type { ChatMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { BrokerStore } from '../contract/broker.contract.ts';
import { embeddedStore, redisStore } from '../support/brokers.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { type LogProcessTask, startLogProcess, ToldLedger } from './support/log-under-fire.ts';

const KILLS = [1, 2, 3];
type Store = Extract<LogProcessTask, { type: 'publish' }>['store'];

const publisher = (ledger: ToldLedger, store: Store, prefix: string) =>
  startLogProcess({ type: 'publish', store, unacked: ledger.unacked, prefix }, ledger.listener());

async function emptyRedis(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushall();
  redis.disconnect();
}

/** Everything that is in the log, as a node reads it that has heard nothing yet. */
const wholeLog = async (store: BrokerStore) => {
  const broker = await store.open();
  const { epoch } = await broker.read('live', { after: null, limit: 1 });
  const after = { offset: 0, epoch };
  const { entries } = await broker.read('live', { after, limit: 1_000_000 });
  await broker.close();
  return entries.map((entry): ChatMessage => JSON.parse(entry.json));
};

it('loses and doubles nothing when the one process is killed under load', async () => {
  const store = embeddedStore();
  const ledger = new ToldLedger();
  for (const kill of KILLS) {
    const where = { type: 'embedded', dataDir: store.dataDir } as const;
    await ledger.killAfter(publisher(ledger, where, `k${kill}`), 500 * kill);
  }
  ledger.check(await wholeLog(store));
  expect(ledger.resets).toBe(0);
  await store.remove();
});

describe('on Redis', () => {
  let server: TestRedis;
  let broker: Broker;
  let ledger: ToldLedger;
  beforeAll(async () => {
    server = await startRedis({ appendOnly: 'always' });
  });
  afterAll(() => server.stop());
  const store = () => redisStore(() => server.url);
  beforeEach(async () => {
    ledger = new ToldLedger();
    await emptyRedis(server.url);
    broker = await store().open();
    const hear = ledger.listener();
    await broker.subscribe(
      'live',
      (entries) => hear({ type: 'heard', entries }),
      () => hear({ type: 'reset' }),
    );
  });
  afterEach(() => broker.close());

  it('loses and doubles nothing when a node is killed under load', async () => {
    const where = { type: 'redis', url: server.url } as const;
    const other = publisher(ledger, where, 'other');
    for (const kill of KILLS) {
      await ledger.killAfter(publisher(ledger, where, `k${kill}`), 150 * kill);
    }
    await other.kill9();
    ledger.check(await wholeLog(store()));
    expect(ledger.resets).toBe(0);
  });

  it('loses and doubles nothing when Redis is killed under load', async () => {
    const where = { type: 'redis', url: server.url } as const;
    const nodes = ['a', 'b'].map((prefix) => publisher(ledger, where, prefix));
    for (const kill of KILLS) {
      await ledger.killAfter(server, 150 * kill);
      await server.restart();
    }
    await ledger.untilMore(100);
    for (const node of nodes) await node.kill9();
    // A node may hear of an entry before Redis has it on its disk, and then begins anew: no fault.
    ledger.check(await wholeLog(store()));
  });

  it('writes each message to the database once when the archiver is killed under load', async () => {
    const fresh = mkdtempSync(join(tmpdir(), 'footlight-archive-'));
    const db = await openChatDatabase(fresh);
    const { page } = createArchiveQueries(db);
    const archived = async () => await page('live', { before: null, limit: 1_000_000 });
    const archiver = () =>
      startLogProcess({ type: 'archive', dataDir: fresh, redisUrl: server.url }, () => {});
    const node = publisher(ledger, { type: 'redis', url: server.url }, 'node');
    for (const _ of KILLS) {
      const before = (await archived()).length;
      const running = archiver();
      await until(async () => expect((await archived()).length).toBeGreaterThan(before + 100));
      await running.kill9();
    }
    await ledger.killAfter(node, 100);
    const last = archiver();
    const log = await wholeLog(store());
    await until(async () => expect((await archived()).length).toBe(log.length));
    await last.kill9();
    ledger.check(await archived());
    await db.destroy();
    rmSync(fresh, { recursive: true, force: true });
  });
});
