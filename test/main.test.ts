import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEncoder } from './support/encoder.ts';
import { freePorts } from './support/free-ports.ts';
import { descendants, stillRunning } from './support/process-tree.ts';
import { PROJECT, type ProductProcess, spawnProduct, startProduct } from './support/product.ts';

const running: ProductProcess[] = [];
const own = <T extends ProductProcess>(product: T): T => {
  running.push(product);
  return product;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((product) => product.kill9()));
});

const readyz = async (url: string) => {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, words: await answer.json() };
};

describe('start', () => {
  it('is ready with a word for every part, and the channel live with its key', async () => {
    const product = own(await startProduct());
    const { status, words } = await readyz(product.httpUrl);
    expect(status).toBe(200);
    expect(words).toMatchObject({
      ready: true,
      ...{ database: 'ok', ingest: 'ok', transcoder: 'ok', web: 'ok', chat: 'ok', sfu: 'missing' },
    });
    expect(words.cures.sfu).toMatch(/\.$/);
    expect(product.streamKey).toMatch(/^fl_[\w-]{32}$/);
    expect(product.logs()).not.toContain(product.streamKey);
    expect((await fetch(`${product.httpUrl}/healthz`)).status).toBe(200);
    const metrics = await (await fetch(`${product.httpUrl}/metrics`)).text();
    expect(metrics).toContain('process_cpu_seconds_total');
    expect(metrics).not.toContain(product.streamKey);
  });

  it('keeps the key of the channel live over a restart', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'footlight-'));
    const first = own(await startProduct({ dataDir }));
    await first.stop();
    const second = own(await startProduct({ dataDir }));
    expect(second.streamKey).toBe(first.streamKey);
    await second.stop();
    rmSync(dataDir, { recursive: true });
  });

  it('runs two servers side by side', async () => {
    const [one, two] = (await Promise.all([startProduct(), startProduct()])).map(own);
    expect((await readyz(one?.httpUrl ?? '')).status).toBe(200);
    expect((await readyz(two?.httpUrl ?? '')).status).toBe(200);
    expect(one?.streamKey).not.toBe(two?.streamKey);
  });
});

describe('with TLS_CERT and TLS_KEY', () => {
  const place = mkdtempSync(join(tmpdir(), 'footlight-tls-'));
  const [cert, key] = [join(place, 'cert.pem'), join(place, 'key.pem')];
  beforeAll(() => {
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost'];
    execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(place, { recursive: true }));

  it('speaks HTTPS and RTMPS', async () => {
    const product = own(await startProduct({ env: { TLS_CERT: cert, TLS_KEY: key } }));
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { ca: readFileSync(cert), servername: 'localhost' };
      get(`${product.httpUrl}/readyz`, options, resolve).on('error', reject);
    });
    expect(answer.statusCode).toBe(200);
    expect((await product.ready)?.rtmpUrl).toMatch(/^rtmps:/);
  });

  it('is found ready by the health check of the container, and not once it has stopped', async () => {
    const product = own(await startProduct({ env: { TLS_CERT: cert, TLS_KEY: key } }));
    const { port } = new URL(product.httpUrl);
    const check = () => {
      const env = { ...process.env, HTTP_PORT: port, TLS_CERT: cert };
      return spawnSync(process.execPath, [join(PROJECT, 'deploy/healthcheck.js')], { env }).status;
    };
    expect(check()).toBe(0);
    await product.stop();
    expect(check()).toBe(1);
  });

  it('names both settings when the two files do not belong together', async () => {
    const product = own(await spawnProduct({ env: { TLS_CERT: key, TLS_KEY: key } }));
    expect((await product.exited).logs).toMatch(/TLS_CERT and TLS_KEY cannot be used/);
  });
});

describe('a start that cannot be', () => {
  const refused = async (env: Record<string, string>, dataDir?: string) => {
    const product = own(await spawnProduct({ env, ...(dataDir !== undefined && { dataDir }) }));
    expect(await product.ready).toBeNull();
    const exit = await product.exited;
    expect(exit.code).toBe(1);
    expect(await stillRunning(descendants(product.pid), 0)).toEqual([]);
    return exit.logs;
  };

  it.each(['HTTP_PORT', 'RTMP_PORT'])('names %s when another program has it', async (name) => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const logs = await refused({ [name]: String(port) });
    expect(logs).toContain(String(port));
    expect(logs).toMatch(new RegExp(`set ${name} to a free port`, 'i'));
    other.close();
  });

  it('names DATA_DIR when it cannot be written', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'footlight-')), 'file');
    writeFileSync(file, '');
    expect(await refused({ DATA_DIR: join(file, 'data') })).toMatch(/DATA_DIR cannot be written/);
  });

  it('refuses a DATA_DIR that a running server uses', async () => {
    const first = own(await startProduct());
    expect(await refused({}, first.dataDir)).toMatch(/is used by another Footlight server/);
    expect((await readyz(first.httpUrl)).status).toBe(200);
  });

  it('prints all settings at fault together', async () => {
    const logs = await refused({ HTTP_PORT: 'eighty', PART_MS: '1', REDIS_URL: 'http://u:pw@h' });
    for (const name of ['HTTP_PORT', 'PART_MS', 'REDIS_URL']) expect(logs).toContain(name);
    expect(logs).not.toContain('pw@h');
  });

  it('names ffmpeg and how to install it when there is none', async () => {
    expect(await refused({ PATH: '/nonexistent' })).toMatch(/ffmpeg.*install/is);
  });
});

describe('stop', () => {
  it('ends all within 10 s of SIGTERM, children included, in mid-stream', async () => {
    const product = own(await startProduct());
    const encoder = startEncoder({ url: `${product.rtmpUrl}/${product.streamKey}` });
    await expect
      .poll(() => descendants(product.pid).length, { timeout: 20_000 })
      .toBeGreaterThan(0);
    const children = descendants(product.pid);
    const began = performance.now();
    const exit = await product.stop();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(await stillRunning(children, 1_000)).toEqual([]);
    await encoder.stop('SIGKILL');
  });

  it('by kill -9 leaves no ffmpeg behind once the next start is ready', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'footlight-'));
    const first = own(await startProduct({ dataDir }));
    const encoder = startEncoder({ url: `${first.rtmpUrl}/${first.streamKey}` });
    await expect.poll(() => descendants(first.pid).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const children = descendants(first.pid);
    await first.kill9();
    const second = own(await startProduct({ dataDir }));
    expect(await stillRunning(children, 5_000)).toEqual([]);
    await second.stop();
    await encoder.stop('SIGKILL');
    rmSync(dataDir, { recursive: true });
  });

  it('ends when its launcher vanishes', async () => {
    const product = own(await startProduct());
    product.child.disconnect();
    expect(await product.exited).toMatchObject({ code: 0 });
  });

  it('is at once and with 1 after a programming error, which is logged', async () => {
    const fault = `import { isMainThread } from 'node:worker_threads';
      if (isMainThread) process.on('SIGUSR2', () => { throw new TypeError('a slip of ours'); });`;
    const preload = `--import=data:text/javascript,${encodeURIComponent(fault)}`;
    const product = own(await startProduct({ env: { NODE_OPTIONS: preload } }));
    product.child.kill('SIGUSR2');
    const exit = await product.exited;
    expect(exit.code).toBe(1);
    expect(exit.logs).toMatch(/"level":60.*a slip of ours.*programming error/);
  });

  it('frees its ports', async () => {
    const [httpPort = 0, rtmpPort = 0] = await freePorts(2);
    const env = { HTTP_PORT: String(httpPort), RTMP_PORT: String(rtmpPort) };
    await own(await startProduct({ env })).stop();
    await own(await startProduct({ env })).stop();
  });
});
