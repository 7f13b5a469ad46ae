// Run as a process of its own by bench/ingest.ts: the ingest service on the real stores, and
// nobody who reads its sources.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIngest } from '../../ingest/ingest.ts';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import { createDbChannels } from '../../platform/channels-db.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { loadConfig } from '../../platform/config.ts';
import { openDatabase } from '../../platform/db/database.ts';
import { createMemoryDirectory } from '../../platform/directory-memory.ts';
import { createLog } from '../../platform/log.ts';

export interface IngestOrder {
  rtmpPort: number;
  publishers: number;
}

export interface IngestReady {
  keys: string[];
}

async function serve({ rtmpPort, publishers }: IngestOrder): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'footlight-ingest-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const config = loadConfig({
    HOST: '127.0.0.1',
    RTMP_PORT: String(rtmpPort),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
  });
  const log = createLog(config.logLevel);
  const stores = { db: await openDatabase(dataDir), clock: systemClock, newId: randomId };
  const channels = createDbChannels(stores);
  const keys: string[] = [];
  for (let i = 0; i < publishers; i += 1) {
    keys.push((await channels.create(`bench${i}`)).streamKey);
  }
  const bus = createMemoryBus(log);
  const ingest = createIngest({
    ...stores,
    config,
    log,
    bus,
    channels,
    directory: createMemoryDirectory(stores),
  });
  await ingest.start();
  process.once('SIGTERM', () => {
    void ingest.stop().finally(() => process.exit());
  });
  process.send?.({ keys } satisfies IngestReady);
}

process.once('message', (order: IngestOrder) => void serve(order));
