import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { spawnServer, untilAnswers } from './child-server.ts';
import { serverPorts } from './free-ports.ts';

export interface TestRedisOptions {
  /** `always`: what it answered survives kill -9. By default it keeps nothing. */
  appendOnly?: 'no' | 'everysec' | 'always';
  password?: string;
  /** Further settings, as redis-server takes them: `--maxmemory`, `1mb`. */
  args?: string[];
}

/** A real redis-server on a free port of loopback, with a directory of its own. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Its own, gone after `stop`. */
  readonly directory: string;
  pid(): number;
  /** Ends it as a crash would. */
  kill9(): Promise<void>;
  /** Starts it again on its port and directory, after `kill9`. */
  restart(): Promise<void>;
  /** Holds it still with its connections open; `resume` lets it go on. */
  freeze(): void;
  resume(): void;
  stop(): Promise<void>;
}

export async function startRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const { appendOnly = 'no', password, args = [] } = options;
  const [port = 0] = await serverPorts(1);
  const directory = mkdtempSync(join(tmpdir(), 'footlight-redis-'));
  const settings = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
    ...['--appendonly', appendOnly === 'no' ? 'no' : 'yes'],
    ...(appendOnly === 'no' ? [] : ['--appendfsync', appendOnly]),
    ...(password === undefined ? [] : ['--requirepass', password]),
    ...args,
  ];
  const start = async () => {
    const started = spawnServer('redis-server', settings);
    await untilAnswers(started, () => askOne(port, password, (redis) => redis.ping()));
    return started;
  };
  let server = await start();
  const kill9 = () => {
    server.kill('SIGKILL');
    return server.exited;
  };
  const login = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return {
    url: `redis://${login}127.0.0.1:${port}`,
    port,
    directory,
    pid: () => server.pid,
    kill9,
    async restart() {
      server = await start();
    },
    freeze: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    async stop() {
      await kill9();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One connection for one question. */
async function askOne<T>(
  port: number,
  password: string | undefined,
  ask: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    ...(password !== undefined && { password }),
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

/** Three masters on loopback that share all slots. */
export interface TestRedisCluster {
  /** Of one node. */
  readonly url: string;
  readonly nodes: TestRedis[];
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;

export async function startRedisCluster(options: TestRedisOptions = {}): Promise<TestRedisCluster> {
  const busPorts = await serverPorts(MASTERS);
  const nodes = await Promise.all(
    busPorts.map((busPort) => {
      const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)];
      const args = [...cluster, '--cluster-node-timeout', '2000', ...(options.args ?? [])];
      return startRedis({ ...options, args });
    }),
  );
  const ask = (node: TestRedis, ...command: [string, ...(string | number)[]]) =>
    askOne(node.port, options.password, (redis) => redis.call(...command));
  for (const [index, node] of nodes.entries()) {
    // An epoch each before they meet, or they argue about it first.
    await ask(node, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    const slotAt = (share: number) => Math.floor((SLOTS * share) / MASTERS);
    await ask(node, 'CLUSTER', 'ADDSLOTSRANGE', slotAt(index), slotAt(index + 1) - 1);
  }
  for (const [index, other] of nodes.entries()) {
    const [first] = nodes;
    if (first === undefined || other === first) continue;
    await ask(first, 'CLUSTER', 'MEET', '127.0.0.1', other.port, busPorts[index] ?? 0);
  }
  await Promise.all(nodes.map((node) => untilWhole(() => ask(node, 'CLUSTER', 'INFO'))));
  return {
    url: nodes[0]?.url ?? '',
    nodes,
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

async function untilWhole(info: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const answer = String(await info());
    if (/cluster_state:ok/.test(answer) && answer.includes(`cluster_known_nodes:${MASTERS}`))
      return;
    if (performance.now() > deadline) throw new Error(`the cluster never met:\n${answer}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
