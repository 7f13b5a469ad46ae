import type { Context } from '../../platform/context.ts';
import type { MessageFinder } from '../rules/house.ts';
import type { Archiver, ArchiverOptions } from './archive.ts';
import { createArchiveQueries } from './archive-queries.ts';
import type { Broker } from './broker.ts';
import type { EmbeddedBrokerOptions } from './broker-embedded.ts';
import { type ChatDatabase, openChatDatabase } from './chat-database.ts';
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
  const { broker, archiver } =
    redis === null
      ? await openEmbedded({ dataDir: config.dataDir, clock, log })
      : await openShared({ redis, db, clock, log, name: context.newId() });
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

interface Opened {
  broker: Broker;
  archiver: Archiver | null;
}

async function openEmbedded(options: EmbeddedBrokerOptions): Promise<Opened> {
  const { openEmbeddedBroker } = await import('./broker-embedded.ts');
  return { broker: await openEmbeddedBroker(options), archiver: null };
}

/** What knows Redis is read only here: one machine pays nothing. */
async function openShared(options: ArchiverOptions): Promise<Opened> {
  const [{ openRedisBroker }, { Archiver }] = await Promise.all([
    import('./broker-redis.ts'),
    import('./archive.ts'),
  ]);
  const broker = await openRedisBroker(options);
  const archiver = new Archiver(options);
  archiver.start();
  return { broker, archiver };
}
