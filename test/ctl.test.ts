import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startEncoder } from './support/encoder.ts';
import { PROJECT, startProduct } from './support/product.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'footlight-ctl-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

function ctl(args: string[], directory = dataDir) {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'ctl', '--', ...args], {
    cwd: PROJECT,
    env: { ...process.env, DATA_DIR: directory },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
/** With `--json`: exactly one line, parsed. */
function ctlJson(args: string[], directory = dataDir) {
  const { stdout, status } = ctl([...args, '--json'], directory);
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
});
