import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { spawnServer, untilAnswers } from '../support/child-server.ts';
import { serverPorts } from '../support/free-ports.ts';
import type { ComposeFile } from './compose-file.ts';

/** Redis by the command of docker-compose.yml. */
export interface ComposedRedis {
  port: number;
  kill9(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startComposedRedis(file: ComposeFile): Promise<ComposedRedis> {
  const { command = [], environment = {} } = file.services['redis'] ?? {};
  const directory = mkdtempSync(join(tmpdir(), 'footlight-redis-'));
  const [port = 0] = await serverPorts(1);
  const said = command.map((word) => word.replace('--dir /data', `--dir ${directory}`));
  const last = said.pop() ?? '';
  const args = [...said, `${last} --port ${port} --bind 127.0.0.1`];
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const password = environment['REDIS_PASSWORD'] ?? '';
  const start = async () => {
    const started = spawnServer('env', [...settings, ...args]);
    try {
      await untilAnswers(started, () => answersTo(port, password));
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
    return started;
  };
  let server = await start();
  const kill9 = () => {
    server.kill('SIGKILL');
    return server.exited;
  };
  return {
    port,
    kill9,
    async restart() {
      server = await start();
    },
    async stop() {
      await kill9();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answersTo(port: number, password: string): Promise<void> {
  const redis = new Redis({
    ...{ host: '127.0.0.1', port, password, lazyConnect: true },
    ...{ retryStrategy: null, maxRetriesPerRequest: 0 },
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}
