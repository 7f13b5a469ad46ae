import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../../platform/thread-options.ts');
/** A thread that says where it keeps what it compiled, and what of the environment it sees. */
const THREAD = `
const { getCompileCacheDir } = require('node:module');
const { parentPort } = require('node:worker_threads');
parentPort.postMessage({ cache: getCompileCacheDir() ?? null, secret: process.env.SECRET ?? null });`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'footlight-thread-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function startThread(before: string): Promise<{ cache: string | null; secret: unknown }> {
  const file = join(directory, 'main.mjs');
  await writeFile(
    file,
    `import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { threadOptions } from ${JSON.stringify(MODULE)};
${before}
const worker = new Worker(${JSON.stringify(THREAD)}, { eval: true, ...threadOptions() });
worker.once('message', (message) => console.log(JSON.stringify(message)));`,
  );
  const env = { PATH: process.env['PATH'], SECRET: 'DATABASE_URL' };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
  return JSON.parse(stdout);
}

describe('a thread', () => {
  it('shares the compiled sources of its process, and nothing else of its environment', async () => {
    const cache = join(directory, 'compiled');
    const { cache: ofThread, secret } = await startThread(
      `enableCompileCache(${JSON.stringify(cache)});`,
    );
    expect(ofThread?.startsWith(cache)).toBe(true);
    expect(secret).toBeNull();
  });

  it('keeps none where its process keeps none', async () => {
    expect((await startThread('')).cache).toBeNull();
  });
});
