import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Channels } from '../../platform/channels.ts';
import { createDbChannels } from '../../platform/channels-db.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { type Database, openDatabase } from '../../platform/db/database.ts';
import { watchNotices } from '../../platform/db/notices.ts';
import { createLog } from '../../platform/log.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';

let dataDir: string;
let db: Database;
let channels: Channels;
let house: IngestHouse;
let notices: ReturnType<typeof watchNotices>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'footlight-keys-'));
  db = await openDatabase(dataDir);
  channels = createDbChannels({ db, clock: systemClock, newId: randomId });
  house = await openIngest({ channels });
  notices = watchNotices({ db, bus: house.bus, clock: systemClock, log: createLog('silent') });
});
afterAll(async () => {
  await notices.stop();
  await house.close();
  await db.destroy();
  await rm(dataDir, { recursive: true });
});

const noticed = () =>
  new Promise<void>((resolve) => {
    const stop = house.bus.subscribe('channel:key-reset', () => {
      stop();
      resolve();
    });
  });

test('a key reset in the database closes the encoder on the old one, and lets the new one in', async () => {
  const { streamKey } = await channels.create('stage');
  const older = await RtmpClient.publishing({ port: house.port(), key: streamKey });
  const first = noticed();
  const key = await channels.resetKey('stage');
  await first;
  expect((await older.answer())?.description).toContain('was reset');
  await older.closed;

  const newest = noticed();
  const newestKey = await channels.resetKey('stage');
  await expect(RtmpClient.publishing({ port: house.port(), key })).rejects.toThrow('BadName');
  const newer = await RtmpClient.publishing({ port: house.port(), key: newestKey });
  await newest;
  while ((await house.next('stream:changed')).channel !== 'stage');
  expect(newer.answers).toEqual([]);
  expect(newer.isClosed).toBe(false);
  newer.close();
});
