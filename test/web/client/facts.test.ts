import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { liveChannel } from '../support/fixture-channels.ts';
import { type ScriptedPages, startScriptedPages } from '../support/scripted-page.ts';

let pages: ScriptedPages;

beforeAll(async () => {
  pages = await startScriptedPages();
});

afterAll(async () => {
  await pages?.[Symbol.asyncDispose]();
});

const goesLive = (title: string) => {
  const channel = liveChannel('kitchen_table', { title, startedAt: Date.now(), viewers: 1 });
  pages.site.channels.splice(0, Number.POSITIVE_INFINITY, channel);
  pages.site.send({
    type: 'stream.live',
    data: {
      channel: channel.channel,
      title,
      streamId: 'kitchen_table-1',
      startedAt: Date.now(),
      returned: false,
    },
  });
};

test('an offline page starts playing by itself when the stream starts', async () => {
  const page = await pages.open('watch-offline');
  await pages.site.listened();
  expect(await page.locator('video').count()).toBe(0);

  goesLive('Dinner');

  await page.locator('video').waitFor();
  await page.getByRole('heading', { name: 'Dinner' }).waitFor();
  await page.context().close();
});

test('the number of viewers follows the event stream', async () => {
  const page = await pages.open('watch-live');
  await pages.site.listened('watching=harbour_lofi');

  pages.site.send({ type: 'viewers', data: { channel: 'harbour_lofi', viewers: 7 } });

  await page.locator('.stream-numbers').getByText('7 viewers').waitFor();
  await page.context().close();
});

test('the home page lights up when somebody goes live', async () => {
  const page = await pages.open('home-empty');
  await pages.site.listened();

  goesLive('Dinner');

  await page.getByRole('link', { name: /Dinner/ }).waitFor();
  await page.context().close();
});

test('a title is text, whatever it holds', async () => {
  const title = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>&amp;"\'';
  const page = await pages.open('watch-offline');
  await pages.site.listened();

  goesLive(title);

  await page.getByRole('heading', { level: 1 }).getByText('<img src=x').waitFor();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  await page.context().close();
});

test('a person who asked is told that the channel went live', async () => {
  const page = await pages.open('watch-offline');
  await recordNotifications(page);
  await page.getByRole('button', { name: 'Notify me when it goes live' }).click();
  await page.getByRole('button', { name: 'You will be notified' }).waitFor();
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
  });
  await pages.site.listened();

  goesLive('Dinner');

  await page.locator('video').waitFor();
  expect(await page.evaluate(() => Reflect.get(window, 'notified'))).toEqual([
    'kitchen_table is live: Dinner',
  ]);
  await page.context().close();
});

test('a person who refused is told where to change that', async () => {
  const page = await pages.open('watch-offline');
  await page.evaluate(() => {
    Notification.requestPermission = async () => 'denied';
  });
  await page.getByRole('button', { name: 'Notify me when it goes live' }).click();

  await page.getByText('This browser blocks notifications').waitFor();
  await page.context().close();
});

test('the chat column stays hidden for a person who hid it', async () => {
  const page = await pages.open('watch-live');
  await page.getByRole('button', { name: 'Hide chat' }).click();
  await page.getByRole('complementary').waitFor({ state: 'detached' });
  await page.reload();

  await page.getByRole('button', { name: 'Show chat' }).click();

  await page.getByRole('complementary', { name: 'Chat' }).waitFor();
  await page.context().close();
});

test('on a phone the player is on top and the chat below it', async () => {
  const page = await pages.open('watch-live', { width: 390, height: 844 });
  const player = await page.locator('.player').boundingBox();
  const chat = await page.getByRole('complementary', { name: 'Chat' }).boundingBox();

  expect(player?.width).toBe(390);
  expect(chat?.y).toBeGreaterThan((player?.y ?? 0) + (player?.height ?? 0));
  await page.context().close();
});

test('the link is copied where the clipboard allows it', async () => {
  const page = await pages.open('watch-live');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Share' }).click();

  await page.getByRole('button', { name: 'Link copied' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\/harbour_lofi$/);
  await page.context().close();
});

test('on a phone without TLS the link to copy by hand is on the screen', async () => {
  const page = await pages.open('watch-offline', { width: 390, height: 844 });
  await page.evaluate(() => {
    for (const name of ['share', 'clipboard'])
      Object.defineProperty(navigator, name, { value: undefined });
  });
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByLabel('Link to this channel').boundingBox();

  expect(link?.x).toBeGreaterThanOrEqual(0);
  expect((link?.x ?? 0) + (link?.width ?? 0)).toBeLessThanOrEqual(390);
  await page.context().close();
});

test('going to another page moves the focus there', async () => {
  const page = await pages.open('home-many');
  await page.getByRole('link', { name: /Friday blitz/ }).press('Enter');

  await page.getByRole('heading', { level: 1, name: 'Friday blitz' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('page');
  expect(page.url()).toMatch(/\/chess_club$/);
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: /Live now/ }).waitFor();
  await page.context().close();
});

/** Headless Chromium grants no notifications: stands in for its API, and keeps what is shown. */
async function recordNotifications(page: Page): Promise<void> {
  await page.evaluate(() => {
    const notified: string[] = [];
    class Recorded {
      static requestPermission = async () => 'granted';
      onclick: (() => void) | null = null;
      constructor(title: string, { body }: { body: string }) {
        notified.push(`${title}: ${body}`);
      }
    }
    Object.assign(window, { Notification: Recorded, notified });
  });
}
