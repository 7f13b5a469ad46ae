import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { launch, untilListening } from './process.ts';

export interface SocketIo {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** socket.io with its Redis adapter, one node, and a Redis of its own. */
export async function startSocketIo(nodeArgs: string[] = []): Promise<SocketIo> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-bench-redis-'));
  const [port, redisPort] = [await freePort(), await freePort()];
  const redis = await launch('redis-server', [
    ...['--port', String(redisPort), '--bind', '127.0.0.1', '--dir', dir],
    ...['--save', '', '--appendonly', 'yes'],
  ]);
  await untilListening(redisPort);
  const script = join(import.meta.dirname, 'socket-io-process.ts');
  const url = `redis://127.0.0.1:${redisPort}`;
  const node = await launch(process.execPath, [...nodeArgs, script, String(port), url]);
  await untilListening(port);
  return {
    pid: node.pid,
    port,
    async stop() {
      await node.stop();
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
