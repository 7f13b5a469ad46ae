import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROJECT, type Product, startProduct } from '../../support/product.ts';
import { type Between, startBetween } from './support/between.ts';
import { openPageChat, type PageChat, texts } from './support/page-chat.ts';

let dataDir: string;
let product: Product;
let between: Between;
let page: PageChat;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'footlight-killed-'));
  product = await startProduct({ dataDir });
  between = await startBetween(product.httpPort);
});
afterEach(async () => {
  page.close();
  await between.stop();
  await product.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** As an administrator does it, beside the running server. */
function ctl(...args: string[]): { token: string } {
  const { stdout } = spawnSync(process.execPath, ['ctl.ts', ...args, '--json'], {
    cwd: PROJECT,
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir },
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

it('talk goes on where it was after the server was killed, and what was typed meanwhile is sent once', async () => {
  ctl('user', 'create', 'ann');
  const { token } = ctl('token', 'create', '--user', 'ann');
  page = openPageChat(between.url, { channel: product.channel, token });
  await page.live();
  page.send('before');
  await page.until((state) => texts(state).length === 1 && state.outgoing.length === 0);
  await product.kill9();
  await page.until(({ status }) => status.kind === 'reconnecting');
  page.send('meanwhile');
  product = await startProduct({ dataDir });
  between.rules.port = product.httpPort;
  await page.until((state) => texts(state).length === 2 && state.outgoing.length === 0);
  page.send('after');
  await page.until((state) => texts(state).length === 3 && state.outgoing.length === 0);
  expect(page.texts()).toEqual(['before', 'meanwhile', 'after']);
  expect(page.notices()).toEqual([]);
});
