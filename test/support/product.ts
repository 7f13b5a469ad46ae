import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LauncherFacts } from '../../platform/launcher-facts.ts';
import { serverPorts } from './free-ports.ts';

export const PROJECT = join(import.meta.dirname, '../..');
const MAIN = join(PROJECT, 'main.ts');
const READY_MS = 40_000;
const STOP_MS = 12_000;
const LAST_WORDS_MS = 1_000;

export interface ProductOptions {
  /** Settings over the ones below. */
  env?: Record<string, string>;
  /** One that stays afterwards; without it a fresh one that `stop` removes. */
  dataDir?: string;
}

export interface ProductExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Standard output (the log, JSON lines) and standard error. */
  logs: string;
}

export interface ProductProcess {
  child: ChildProcess;
  pid: number;
  httpPort: number;
  rtmpPort: number;
  dataDir: string;
  logs(): string;
  exited: Promise<ProductExit>;
  /** What the server tells its launcher once it is ready; null when it ended before. */
  ready: Promise<LauncherFacts | null>;
  /** SIGTERM; resolves when it is gone, and removes a DATA_DIR of its own. */
  stop(): Promise<ProductExit>;
  kill9(): Promise<ProductExit>;
}

export interface Product extends ProductProcess {
  httpUrl: string;
  /** Without the key. */
  rtmpUrl: string;
  streamKey: string;
  channel: string;
}

/** Starts main.ts on free ports, whether or not it can start. It dies with this process. */
export async function spawnProduct(options: ProductOptions = {}): Promise<ProductProcess> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'footlight-'));
  const [httpPort = 0, rtmpPort = 0] = await serverPorts(2);
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    // As the launcher has it.
    NODE_COMPILE_CACHE: join(PROJECT, '.cache/compiled'),
    HOST: '127.0.0.1',
    HTTP_PORT: String(httpPort),
    RTMP_PORT: String(rtmpPort),
    DATA_DIR: dataDir,
    ...options.env,
  };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    // Away from the developer's own .env.
    cwd: tmpdir(),
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { logs, exited, ready } = observe(child);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const exit = await exited;
    clearTimeout(insist);
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    return exit;
  };
  return {
    child,
    pid: child.pid ?? -1,
    httpPort: Number(env.HTTP_PORT),
    rtmpPort: Number(env.RTMP_PORT),
    dataDir,
    logs,
    exited,
    ready,
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
  };
}

function observe(child: ChildProcess) {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
    });
  }
  // Not its 'close' event, which Node leaves out once the IPC channel was closed from here.
  const exited = new Promise<ProductExit>((resolve) => {
    child.on('exit', async (code, signal) => {
      await Promise.race([streamsClosed(child), delay(LAST_WORDS_MS)]);
      resolve({ code, signal, logs: said });
    });
  });
  const ready = new Promise<LauncherFacts | null>((resolve) => {
    child.on('message', (facts: LauncherFacts) => resolve(facts));
    child.on('exit', () => resolve(null));
  });
  return { logs: () => said, exited, ready };
}

const streamsClosed = (child: ChildProcess) =>
  Promise.all(
    [child.stdout, child.stderr].map((stream) => stream?.closed === false && once(stream, 'close')),
  );

/** Boots the real product and waits until it is ready. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const started = await spawnProduct(options);
  const timeout = setTimeout(() => started.child.kill('SIGKILL'), READY_MS);
  const facts = await started.ready;
  clearTimeout(timeout);
  if (facts === null) {
    const { code, logs } = await started.exited;
    throw new Error(`the product ended with ${code} before it was ready:\n${logs}`);
  }
  const scheme = options.env?.['TLS_CERT'] === undefined ? '' : 's';
  return {
    ...started,
    httpUrl: `http${scheme}://127.0.0.1:${started.httpPort}`,
    rtmpUrl: `rtmp${scheme}://127.0.0.1:${started.rtmpPort}/live`,
    streamKey: facts.streamKey ?? '',
    channel: 'live',
  };
}
