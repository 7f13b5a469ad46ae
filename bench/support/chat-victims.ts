import { once } from 'node:events';
import { openChatDatabase } from '../../chat/log/chat-database.ts';
import { openDatabase } from '../../platform/db/database.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { startRedis } from '../../test/support/redis.ts';
import { launch } from './process.ts';
import { productEnvironment, ROOT, untilReady } from './product.ts';

type ArchiveDatabase = Awaited<ReturnType<typeof openChatDatabase>>;

/** Something that keeps chat alive and can be killed. */
export interface Victim {
  dataDir: string;
  databaseUrl: string | null;
  /** Of the nodes that clients may try. */
  ports(): number[];
  /** Kills it by -9 and starts it again. */
  kill(): Promise<void>;
  /** Where what was said is kept for good. */
  openArchive(): Promise<ArchiveDatabase>;
  stop(): Promise<void>;
}

/** A server of ours that keeps its ports and directory over its deaths. */
async function startServer(settings: Record<string, string>) {
  const place = await productEnvironment({ CHAT_MAX_PER_ADDRESS: '100000', ...settings });
  const start = async () => {
    const server = await launch(process.execPath, ['main.ts'], { cwd: ROOT, env: place.env });
    try {
      await untilReady(place.httpUrl, server);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  let server = await start();
  return {
    ...place,
    async kill() {
      const gone = once(server.child, 'exit');
      server.child.kill('SIGKILL');
      await gone;
      server = await start();
    },
    async stop() {
      await server.stop();
      await place.remove();
    },
  };
}

/** The one-process product on its embedded stores. */
export async function oneProcess(): Promise<Victim> {
  const server = await startServer({});
  return {
    ...server,
    databaseUrl: null,
    ports: () => [server.httpPort],
    openArchive: () => openChatDatabase(server.dataDir),
  };
}

/** Two chat nodes, each with its archiver, on one Redis and one Postgres. */
export async function manyProcesses(victim: 'node' | 'redis'): Promise<Victim> {
  const redis = await startRedis({ appendOnly: 'always' });
  const postgres = await startPostgres({ durable: true });
  const settings = { SERVICES: 'chat', REDIS_URL: redis.url, DATABASE_URL: postgres.url };
  const nodes = [await startServer(settings), await startServer(settings)];
  let killed = 0;
  return {
    dataDir: nodes[0]?.dataDir ?? '',
    databaseUrl: postgres.url,
    ports: () => nodes.map((node) => node.httpPort),
    async kill() {
      if (victim === 'redis') {
        await redis.kill9();
        await redis.restart();
      } else await nodes[killed++ % nodes.length]?.kill();
    },
    openArchive: async () =>
      (await openDatabase('', postgres.url)).$pickTables<
        'chat_messages' | 'chat_removed' | 'chat_clears'
      >(),
    async stop() {
      for (const node of nodes) await node.stop();
      await redis.stop();
      await postgres.stop();
    },
  };
}
