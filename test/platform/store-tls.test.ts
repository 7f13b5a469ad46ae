import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/db/database.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis } from '../../platform/redis.ts';
import { serverPorts } from '../support/free-ports.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { PROJECT } from '../support/product.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const place = mkdtempSync(join(tmpdir(), 'footlight-tls-'));
const [cert, key] = [join(place, 'cert.pem'), join(place, 'key.pem')];
beforeAll(() => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject];
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'ignore' });
});
afterAll(() => rmSync(place, { recursive: true }));

describe('Redis over TLS', () => {
  let server: TestRedis;
  let url: string;
  beforeAll(async () => {
    const [port = 0] = await serverPorts(1);
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
    server = await startRedis({
      args: ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'],
    });
    url = `rediss://localhost:${port}`;
  });
  afterAll(() => server.stop());

  it('is used when its certificate is trusted', async () => {
    const at = (path: string) => pathToFileURL(join(PROJECT, path)).href;
    const script = `
      const { openRedis } = await import('${at('platform/redis.ts')}');
      const { createLog } = await import('${at('platform/log.ts')}');
      const { systemClock } = await import('${at('platform/clock.ts')}');
      const redis = await openRedis({ url: '${url}', clock: systemClock, log: createLog('silent') });
      const heard = Promise.withResolvers();
      await redis.subscribeChannel('a', (message) => heard.resolve(String(message))).confirmed;
      await redis.publishChannel('a', 'by TLS');
      process.stdout.write(await heard.promise);
      await redis.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      // Read by Node when a process begins.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: cert },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const chunk of child.stdout) said += chunk;
    expect(said).toBe('by TLS');
  });

  it('is refused at once when nobody vouches for it', async () => {
    const began = performance.now();
    const opening = openRedis({ url, clock: systemClock, log: createLog('silent') });
    await expect(opening).rejects.toMatchObject({
      code: 'redis_unusable',
      message: expect.stringContaining('certificate'),
    });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('Postgres over TLS', () => {
  let server: TestPostgres;
  const urlWith = (options: string) => `${server.url.replace('127.0.0.1', 'localhost')}?${options}`;
  beforeAll(async () => {
    server = await startPostgres({ tls: { cert, key } });
  });
  afterAll(() => server.stop());

  it('is used when the URL names who vouches for it', async () => {
    const db = await openDatabase('', urlWith(`sslmode=verify-full&sslrootcert=${cert}`));
    const { rows } = await sql<{ ssl: boolean }>`select ssl from pg_stat_ssl
      where pid = pg_backend_pid()`.execute(db);
    expect(rows).toEqual([{ ssl: true }]);
    await db.destroy();
  });

  it('is refused when nobody does', async () => {
    await expect(openDatabase('', urlWith('sslmode=verify-full'))).rejects.toMatchObject({
      code: 'database_unusable',
      message: expect.stringContaining('certificate'),
    });
  });
});
