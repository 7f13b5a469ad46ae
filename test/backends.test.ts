import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openBackends } from '../backends.ts';
import { createMemoryBus } from '../platform/bus-memory.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from '../platform/db/database.ts';
import { createDbIdentities } from '../platform/identities-db.ts';
import { createLog } from '../platform/log.ts';
import { createShutdown } from '../platform/shutdown.ts';
import { startRedis, type TestRedis } from './support/redis.ts';

const HOUR_MS = 3_600_000;

const log = createLog('silent');
let redis: TestRedis;
let dataDir: string;
let shutdown: ReturnType<typeof createShutdown>;
beforeEach(async () => {
  redis = await startRedis();
  dataDir = await mkdtemp(join(tmpdir(), 'footlight-backends-'));
  shutdown = createShutdown(log);
});
afterEach(async () => {
  await shutdown.run();
  await redis.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it('a token that was revoked while Redis was away counts no more once it is back', async () => {
  const config = loadConfig({ DATA_DIR: dataDir, REDIS_URL: redis.url });
  const { context } = await openBackends({ config, log, shutdown });
  const { identities, accounts } = context;
  const alice = await accounts.create('alice');
  const { token } = await context.sessions.issue({ userId: alice.id, lifetimeMs: HOUR_MS });
  const identity = await identities.verify(token);

  await redis.kill9();
  await expect.poll(() => context.redis?.readiness()).toBe('reconnecting');
  const db = await openDatabase(dataDir, null);
  shutdown.add('other node', () => db.destroy());
  const elsewhere = await createDbIdentities({ ...context, db, bus: createMemoryBus(log) });
  await elsewhere.sessions.revoke(identity);
  expect(await identities.verify(token)).toMatchObject({ name: 'alice' });

  await redis.restart();
  await expect
    .poll(() => identities.verify(token).then(null, (error) => error.code))
    .toBe('token_revoked');
});
