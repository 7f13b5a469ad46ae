import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { channelNamed, entryOf, type ServedWeb, serveWeb } from '../server/serve-web.ts';
import { type BuiltPage, buildPage } from '../support/build-page.ts';

let built: BuiltPage;
let served: ServedWeb;
let browser: Browser;

beforeAll(async () => {
  built = await buildPage();
  served = await serveWeb({ pageDirectory: built.dir });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await built?.[Symbol.asyncDispose]();
});

/** A page of the product's own server, and what the browser had to complain about it. */
async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().includes('404')) complaints.push(line.text());
  });
  await page.goto(served.origin + path);
  return { page, complaints };
}

test.each([
  ['/', 'The stage is yours'],
  ['/alpha', 'alpha is off stage'],
  ['/embed/alpha', 'alpha is off stage'],
  ['/nobody_here', 'No channel called “nobody_here”'],
  ['/rooms/none/such', 'Nothing is staged here'],
])('%s is drawn under the strict policy of the server', async (path, heading) => {
  const { page, complaints } = await open(path);

  await page.getByRole('heading', { name: heading }).waitFor();

  expect(complaints).toEqual([]);
  await page.close();
});

test.each(['/', '/alpha', '/embed/alpha'])(
  '%s is drawn at once, behind no fallback',
  async (path) => {
    const page = await browser.newPage();
    await page.addInitScript(() => {
      const look = () => {
        const found = document.querySelector('.page-loading') !== null;
        if (found) document.documentElement.setAttribute('data-fell-back', '');
      };
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    });
    await page.goto(served.origin + path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();

    expect(await page.locator('html').getAttribute('data-fell-back')).toBeNull();
    await page.close();
  },
);

test('the player and its controls work under that policy', async () => {
  served.entries.set('beta', entryOf('beta'));
  const { page, complaints } = await open('/beta');

  await page.locator('media-play-button').waitFor();
  const blocked = complaints.filter((line) => /Content Security Policy|Refused/i.test(line));

  expect(blocked).toEqual([]);
  await page.close();
});

test('an open player counts as a viewer, and the home page shows it', async () => {
  served.entries.set('beta', entryOf('beta'));
  served.channels.set('beta', channelNamed('beta', 'Beta plays'));
  const { page: watching } = await open('/beta');
  await watching.locator('.stream-numbers').getByText('1 viewer').waitFor();

  const { page: home } = await open('/');
  await home
    .getByRole('link', { name: /Beta plays/ })
    .getByText('1 viewer')
    .waitFor();

  await watching.close();
  await home.close();
});

test('a stream that goes live while the page is open starts by itself', async () => {
  served.entries.delete('alpha');
  const { page } = await open('/alpha');
  await page.getByRole('heading', { name: 'alpha is off stage' }).waitFor();

  const entry = entryOf('alpha');
  served.entries.set('alpha', entry);
  served.bus.publish('stream:playable', { channel: 'alpha', streamId: entry.streamId });

  await page.locator('media-controller video').waitFor();
  await page.close();
});
