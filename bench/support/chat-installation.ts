import { startPostgres } from '../../test/support/postgres.ts';
import { startRedis } from '../../test/support/redis.ts';
import { makePeople } from './chat-people.ts';
import { type Product, startProduct } from './product.ts';

/** Chat nodes on one Redis and one Postgres. */
export interface ChatInstallation {
  nodes: Product[];
  /** Of as many signed-in people. */
  tokens: string[];
  stop(): Promise<void>;
}

export async function startChatNodes(order: {
  nodes: number;
  people: number;
}): Promise<ChatInstallation> {
  const redis = await startRedis({ appendOnly: 'always' });
  const postgres = await startPostgres();
  const nodes: Product[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all([redis.stop(), postgres.stop()]);
  };
  try {
    for (let count = 0; count < order.nodes; count++)
      nodes.push(
        await startProduct({
          SERVICES: 'chat',
          REDIS_URL: redis.url,
          DATABASE_URL: postgres.url,
          CHAT_MAX_PER_ADDRESS: '100000',
        }),
      );
    const dataDir = nodes[0]?.dataDir ?? '';
    return { nodes, tokens: await makePeople(dataDir, order.people, postgres.url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
