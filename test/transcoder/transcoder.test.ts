import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTicksOf } from '../../transcoder/process-table.ts';
import { type FlvSource, startFlvSource } from '../support/flv-source.ts';
import { eventually, startTranscoderHost } from '../support/transcoder-host.ts';

const PROCESS = join(import.meta.dirname, '../support/transcoder-process.ts');
let dataDir: string;
let published: FlvSource | null = null;
const children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'footlight-orphans-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await published?.close();
  published = null;
  rmSync(dataDir, { recursive: true, force: true });
});

function startProcess(args: string[], env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(process.execPath, [PROCESS, dataDir, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  return { child, firstLine: once(lines, 'line').then(([line]) => String(line)) };
}

const pidFiles = () =>
  readdirSync(join(dataDir, 'run')).flatMap((name) => /^ffmpeg-(\d+)\.json$/.exec(name)?.[1] ?? []);
const isRunning = (pid: number) => startTicksOf(pid) !== null;

/** A server with one stream that plays; its ffmpeg's process id. */
async function playing() {
  published = await startFlvSource();
  const { child, firstLine } = startProcess([JSON.stringify(published.source)]);
  expect(await firstLine).toBe('playable');
  const pid = Number(pidFiles()[0]);
  expect(isRunning(pid)).toBe(true);
  return { server: child, pid };
}

test('an ffmpeg ends by itself when its server is killed, though its source goes on', async () => {
  const { server, pid } = await playing();
  server.kill('SIGKILL');
  await eventually('the end of ffmpeg', () => !isRunning(pid), 10_000);
});

test('one that hangs then is ended by the next start, and its file removed', async () => {
  const { server, pid } = await playing();
  process.kill(pid, 'SIGSTOP');
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
  expect(isRunning(pid)).toBe(true);
  const next = await startTranscoderHost({ dataDir });
  await eventually('the end of ffmpeg', () => !isRunning(pid), 10_000);
  expect(pidFiles()).toEqual([]);
  expect(next.logged).toContainEqual(expect.objectContaining({ msg: 'orphan ffmpeg ended', pid }));
  await next.close();
});

test('without ffmpeg it starts, says so, and names the cure', async () => {
  const { firstLine } = startProcess([], { ...process.env, PATH: dataDir });
  const { readiness, logged } = JSON.parse(await firstLine);
  expect(readiness).toBe('ffmpeg missing');
  expect(logged).toContainEqual(
    expect.objectContaining({
      msg: 'ffmpeg cannot be used',
      reason: expect.stringContaining('apt-get install -y ffmpeg'),
    }),
  );
});
