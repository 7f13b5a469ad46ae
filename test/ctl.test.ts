import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startEncoder } from './support/encoder.ts';
import { PROJECT, startProduct } from './support/product.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'footlight-ctl-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

function ctl(args: string[], directory = dataDir, httpPort = 8080) {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'ctl', '--', ...args], {
    cwd: PROJECT,
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      HTTP_PORT: String(httpPort),
      DATA_DIR: directory,
    },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
/** With `--json`: exactly one line, parsed. */
function ctlJson(args: string[], directory = dataDir, httpPort = 8080) {
  const { stdout, status } = ctl([...args, '--json'], directory, httpPort);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return { status, json: JSON.parse(stdout) };
}

describe('ctl', () => {
  it('makes, lists and re-keys channels without a server', () => {
    const made = ctlJson(['channel', 'create', 'Stage']);
    expect(made).toMatchObject({ status: 0, json: { channel: 'stage' } });
    const reset = ctlJson(['channel', 'reset-key', 'stage']);
    expect(reset.json.streamKey).not.toBe(made.json.streamKey);
    expect(ctlJson(['channel', 'list']).json.channels).toMatchObject([{ channel: 'stage' }]);
    expect(ctl(['channel', 'list', '--keys']).stdout).toContain(reset.json.streamKey);
    expect(ctl(['channel', 'list']).stdout).not.toContain(reset.json.streamKey);
  });

  it('fails with a sentence on standard error, and JSON where that was asked for', () => {
    const { status, stderr, stdout } = ctl(['channel', 'create', 'live']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/kept for the product's own pages/);
    expect(ctlJson(['channel', 'reset-key', 'nobody'])).toMatchObject({
      status: 1,
      json: { code: 'channel_unknown' },
    });
  });

  it('closes the encoder on the old key of a running server', async () => {
    const product = await startProduct();
    try {
      const encoder = startEncoder({ url: `${product.rtmpUrl}/${product.streamKey}` });
      const channel = async () =>
        (await fetch(`${product.httpUrl}/api/v1/channels/live`)).json() as Promise<{
          live: boolean;
        }>;
      await expect.poll(async () => (await channel()).live, { timeout: 30_000 }).toBe(true);
      const { json } = ctlJson(['channel', 'reset-key', 'live'], product.dataDir);
      expect(json.streamKey).not.toBe(product.streamKey);
      expect((await encoder.exited).code).not.toBe(0);
    } finally {
      await product.stop();
    }
  });

  it('makes users, each name once', () => {
    expect(ctlJson(['user', 'create', 'Olga', '--admin'])).toMatchObject({
      status: 0,
      json: { user: 'olga', admin: true },
    });
    expect(ctlJson(['user', 'create', 'olga'])).toMatchObject({
      status: 1,
      json: { code: 'user_exists' },
    });
    expect(ctlJson(['user', 'list']).json.users).toMatchObject([{ user: 'olga', admin: true }]);
    expect(ctl(['user', 'list']).stdout).toMatch(/^olga .*administrator/);
  });

  it('makes the owner of a new channel its broadcaster, and whoever is named first a user', () => {
    const made = ctl(['channel', 'create', 'owned', '--owner', 'Paul']);
    expect(made).toMatchObject({ status: 0, stderr: 'The user paul was made.\n' });
    expect(made.stdout).toMatch(/owner +paul/);
    expect(ctlJson(['channel', 'role', 'owned', 'paul', 'queen'])).toMatchObject({
      status: 1,
      json: { code: 'role_unknown' },
    });
    expect(ctlJson(['channel', 'role', 'owned', 'nobody_yet', 'none'])).toMatchObject({
      status: 1,
      json: { code: 'user_unknown' },
    });
    expect(ctlJson(['channel', 'role', 'nowhere', 'paul', 'vip'])).toMatchObject({
      status: 1,
      json: { code: 'channel_unknown' },
    });
  });

  it.each(['0', '-5', '1.5', 'soon', '999999999'])('makes no token of %s minutes', (minutes) => {
    expect(ctlJson(['token', 'create', '--user', 'quinn', `--minutes=${minutes}`])).toMatchObject({
      status: 1,
      json: { code: 'minutes_invalid' },
    });
  });

  it('gives a running server people, their roles and the end of their tokens', async () => {
    const product = await startProduct();
    try {
      const run = (...args: string[]) => ctlJson(args, product.dataDir, product.httpPort);
      const me = async (token: string) => {
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(`${product.httpUrl}/api/v1/me`, { headers });
        return { status: response.status, body: (await response.json()) as object };
      };
      const { json } = run('token', 'create', '--user', 'Rosa');
      expect(Object.keys(json)).toEqual(['token', 'link']);
      expect(await me(json.token)).toMatchObject({ status: 200, body: { user: { name: 'rosa' } } });
      expect(json.link.startsWith(`${product.httpUrl}/signin/`)).toBe(true);
      const signedIn = await fetch(json.link, { method: 'POST', redirect: 'manual' });
      expect(signedIn.status).toBe(303);
      expect(signedIn.headers.getSetCookie()).toHaveLength(1);

      expect(run('channel', 'role', 'live', 'rosa', 'moderator').json).toEqual({
        channel: 'live',
        user: 'rosa',
        role: 'moderator',
      });
      expect(run('token', 'revoke', '--user', 'rosa').status).toBe(0);
      const revoked = { status: 401, body: { code: 'token_revoked' } };
      await expect.poll(() => me(json.token), { timeout: 5_000 }).toMatchObject(revoked);
      expect(product.logs()).not.toContain(json.token.split('.')[2]);
      expect(product.logs()).not.toContain(json.link.split('/').at(-1));
    } finally {
      await product.stop();
    }
  });
});
