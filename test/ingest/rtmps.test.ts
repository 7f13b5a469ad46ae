import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEncoder } from '../support/encoder.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';

let house: IngestHouse;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'footlight-rtmps-'));
  const tls = { certPath: join(folder, 'cert.pem'), keyPath: join(folder, 'key.pem') };
  const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes'];
  const files = ['-keyout', tls.keyPath, '-out', tls.certPath];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync('openssl', ['req', '-x509', ...key, ...files, ...subject], { stdio: 'ignore' });
  house = await openIngest({ config: { tls }, limits: { handshakeMs: 1000 } });
});
afterAll(async () => {
  await house.close();
  rmSync(folder, { recursive: true });
});

test('with a certificate the one port takes RTMPS and RTMP', async () => {
  const secure = startEncoder({ url: house.url('key-alice').replace('rtmp:', 'rtmps:') });
  expect((await house.next('stream:live')).channel).toBe('alice');
  const plain = startEncoder({ url: house.url('key-bob') });
  expect((await house.next('stream:live')).channel).toBe('bob');
  for (;;) {
    await house.next('stream:changed');
    const alice = await house.directory.byChannel('alice');
    const bob = await house.directory.byChannel('bob');
    if (alice?.publisher && bob?.publisher) {
      expect(alice.publisher.protocol).toBe('rtmps');
      expect(bob.publisher.protocol).toBe('rtmp');
      break;
    }
  }
  await Promise.all([secure.stop(), plain.stop()]);
});

test('a wrong key over RTMPS is refused, and the connection ends though the client does not', async () => {
  const client = await RtmpClient.open({ port: house.port(), tls: true });
  await client.handshake();
  await client.connect();
  expect((await client.publish('wrong'))?.code).toBe('NetStream.Publish.BadName');
  await client.closed;
});

test('a TLS connection that then says nothing is cut at its deadline', async () => {
  const client = await RtmpClient.open({ port: house.port(), tls: true });
  await client.closed;
});
