import type { Context } from '../platform/context.ts';
import { Archiver } from './archive.ts';
import { createArchiveQueries } from './archive-queries.ts';
import type { Broker } from './broker.ts';
import { openEmbeddedBroker } from './broker-embedded.ts';
import { openRedisBroker } from './broker-redis.ts';
import { type ChatDatabase, openChatDatabase } from './chat-database.ts';
import type { MessageFinder } from './house.ts';
import {
  createMessageArchive,
  createMessageFinder,
  type MessageArchive,
} from './message-finder.ts';

export interface ChatLog {
  broker: Broker;
  archive: MessageArchive;
  messages: MessageFinder;
  close(): Promise<void>;
}

/**
 * The log of all channels: in Redis where there is one, written to the database by an archiver of
 * each node; else in SQLite, which is the archive at once.
 */
export async function openChatLog(
  context: Pick<Context, 'config' | 'db' | 'redis' | 'clock' | 'log' | 'newId'>,
): Promise<ChatLog> {
  const { config, redis, clock, log } = context;
  const isOurs = config.databaseUrl === null;
  const db: ChatDatabase = isOurs
    ? await openChatDatabase(config.dataDir)
    : context.db.$pickTables<'chat_messages' | 'chat_removed' | 'chat_clears'>();
  const archiver =
    redis === null ? null : new Archiver({ redis, db, clock, log, name: context.newId() });
  const broker =
    redis === null
      ? await openEmbeddedBroker({ dataDir: config.dataDir, clock, log })
      : await openRedisBroker({ redis, clock, log });
  archiver?.start();
  const archive = createArchiveQueries(db);
  return {
    broker,
    archive: createMessageArchive(archive),
    messages: createMessageFinder({ broker, archive }),
    async close() {
      await broker.close();
      await archiver?.stop();
      if (isOurs) await db.destroy();
    },
  };
}
