import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { type Launched, launch } from './process.ts';

export const ROOT = join(import.meta.dirname, '../..');
const READY_POLL_MS = 10;

export interface ProductEnvironment {
  env: NodeJS.ProcessEnv;
  httpUrl: string;
  httpPort: number;
  rtmpPort: number;
  dataDir: string;
  remove(): Promise<void>;
}

/** Free ports and a fresh DATA_DIR for one server of ours. */
export async function productEnvironment(
  settings: Record<string, string> = {},
): Promise<ProductEnvironment> {
  const dataDir = await mkdtemp(join(tmpdir(), 'footlight-bench-'));
  const [httpPort, rtmpPort, rtcPort] = [await freePort(), await freePort(), await freePort()];
  return {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      HTTP_PORT: String(httpPort),
      RTMP_PORT: String(rtmpPort),
      RTC_PORT: String(rtcPort),
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      // As the launcher starts the server.
      NODE_COMPILE_CACHE: join(ROOT, '.cache/compiled'),
      ...settings,
    },
    httpUrl: `http://127.0.0.1:${httpPort}`,
    httpPort,
    rtmpPort,
    dataDir,
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

/** Resolves when `/readyz` answers 200; throws when the process ends before, or after a minute. */
export async function untilReady(httpUrl: string, server: Launched): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && server.child.exitCode === null) {
    const answer = await fetch(`${httpUrl}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await delay(READY_POLL_MS);
  }
  throw new Error(`The server did not become ready: ${server.errors()}`);
}

export interface Product extends ProductEnvironment {
  pid: number;
  /** Makes a channel by the administration's command. */
  createChannel(name: string): Promise<{ channel: string; streamKey: string }>;
  stop(): Promise<void>;
}

/** The whole server as one process on free ports, ready. */
export async function startProduct(
  settings: Record<string, string> = {},
  nodeArgs: string[] = [],
): Promise<Product> {
  const environment = await productEnvironment(settings);
  const { env } = environment;
  const server = await launch(process.execPath, [...nodeArgs, 'main.ts'], { cwd: ROOT, env });
  const stop = async () => {
    await server.stop();
    await environment.remove();
  };
  try {
    await untilReady(environment.httpUrl, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...environment,
    pid: server.pid,
    async createChannel(name) {
      const args = ['run', '-s', 'ctl', '--', 'channel', 'create', name, '--json'];
      const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, env });
      return JSON.parse(stdout);
    },
    stop,
  };
}
