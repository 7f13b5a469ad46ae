import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createProcessRegistry } from '../../transcoder/process-registry.ts';
import { identityOf, isAlive } from '../../transcoder/process-table.ts';
import { openRunDirectory, type RunDirectory } from '../../transcoder/run-directory.ts';

const log = pino({ level: 'silent' });
let dataDir: string;
let directory: RunDirectory;
const children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'footlight-run-'));
  directory = openRunDirectory(dataDir);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** A process that waits, with arguments of our choice. */
function waiting(argument: string) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', argument]);
  children.push(child);
  return { child, pid: child.pid ?? -1 };
}
const marked = () => waiting(`unix:${directory.socketDir}/1-1-source.sock`);
const deadServer = { pid: 4_194_304, startTicks: '1' };
const note = (pid: number, file: object) =>
  writeFileSync(join(directory.path, `ffmpeg-${pid}.json`), JSON.stringify(file));
const pidFiles = () => readdirSync(directory.path).filter((name) => name.endsWith('.json'));

describe('orphans', () => {
  test('an ffmpeg of a server that is gone is ended, and its file removed', async () => {
    const { child, pid } = marked();
    await once(child, 'spawn');
    note(pid, { child: identityOf(pid), server: deadServer });
    const exited = once(child, 'exit');
    expect(createProcessRegistry(directory, log).endOrphans()).toBe(1);
    expect((await exited)[1]).toBe('SIGKILL');
    expect(pidFiles()).toEqual([]);
  });

  test.each([
    ['another process that got its number', { startTicks: '1' }, null],
    ['a process of other arguments', {}, 'unix:/elsewhere/1-1-source.sock'],
  ])('%s is left alone', async (_, over, argument) => {
    const { child, pid } = argument === null ? marked() : waiting(argument);
    await once(child, 'spawn');
    note(pid, { child: { ...identityOf(pid), ...over }, server: deadServer });
    expect(createProcessRegistry(directory, log).endOrphans()).toBe(0);
    expect(isAlive(pid)).toBe(true);
    expect(pidFiles()).toEqual([]);
  });

  test('the ffmpeg of a server that runs is left alone', async () => {
    const { child, pid } = marked();
    await once(child, 'spawn');
    note(pid, { child: identityOf(pid), server: identityOf(process.pid) });
    expect(createProcessRegistry(directory, log).endOrphans()).toBe(0);
    expect(isAlive(pid)).toBe(true);
    expect(pidFiles()).toHaveLength(1);
  });

  test('a damaged pid file harms nobody', () => {
    writeFileSync(join(directory.path, 'ffmpeg-1.json'), '{"child":{"pid":1');
    expect(createProcessRegistry(directory, log).endOrphans()).toBe(0);
    expect(pidFiles()).toEqual([]);
  });
});

test('an ffmpeg has its file while it runs', async () => {
  const { child, pid } = marked();
  await once(child, 'spawn');
  const forget = createProcessRegistry(directory, log).add(pid);
  const file = join(directory.path, `ffmpeg-${pid}.json`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    child: identityOf(pid),
    server: identityOf(process.pid),
  });
  forget();
  expect(existsSync(file)).toBe(false);
});

describe('the run directory', () => {
  test('keeps its sockets where their paths fit, however deep DATA_DIR lies', async () => {
    const deep = openRunDirectory(join(dataDir, 'a'.repeat(60), 'b'.repeat(60)));
    const path = deep.socketPath(999_999, 'source');
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
    const server = createServer().listen(path);
    await once(server, 'listening');
    server.close();
    rmSync(deep.socketDir, { recursive: true });
  });
  test('loses the sockets of a server that is gone', () => {
    const stale = join(directory.socketDir, '4194304-1-source.sock');
    writeFileSync(stale, '');
    openRunDirectory(dataDir);
    expect(existsSync(stale)).toBe(false);
  });
  test('a DATA_DIR that cannot be written is a fault that names the cure', () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(() => openRunDirectory(file)).toThrow(/cannot be made.*DATA_DIR/);
  });
});
