import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { scriptedPagesForFile, setPlayer, video, wishesOf } from '../support/scripted-page.ts';

const pages = scriptedPagesForFile();
let page: Page;

describe('controls', () => {
  beforeEach(async () => {
    page = await pages.open('watch-behind');
    await wishesOf(page);
    return () => page.context().close();
  });

  test('every control is reached with the keyboard and has a name', async () => {
    const names: string[] = [];
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      names.push(
        await page.evaluate(() => {
          let one = document.activeElement;
          while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
          return one?.getAttribute('aria-label') ?? one?.textContent?.trim() ?? '';
        }),
      );
    }

    for (const name of [
      'Quality',
      'Go live',
      'Keyboard shortcuts',
      'Theatre',
      'Hide chat',
      'Sign in',
      'Share',
    ]) {
      expect(names).toContain(name);
    }
    expect(names.some((name) => /mute/i.test(name))).toBe(true);
    expect(names.some((name) => /full ?screen/i.test(name))).toBe(true);
    expect(names.some((name) => name.startsWith('Follow '))).toBe(true);
    expect(names).not.toContain('');
  });

  test('the badge jumps to the live edge, and says so only once the engine is there', async () => {
    await page.getByRole('button', { name: 'Go live' }).click();
    expect(await wishesOf(page)).toEqual(['goLive']);
    expect(await page.locator('.live-badge').getAttribute('data-live')).toBe('false');

    await setPlayer(page, { atLiveEdge: true, latencySeconds: 0.44 });
    await page.locator('.live-badge[data-live=true]').waitFor();
    expect(await page.locator('.latency').textContent()).toContain('0.4 s');
  });

  test('the badge keeps the focus of the keyboard at the live edge, where it asks for nothing', async () => {
    const badge = page.locator('.live-badge');
    await badge.press('Enter');
    await setPlayer(page, { atLiveEdge: true });
    await page.locator('.live-badge[data-live=true]').waitFor();
    await wishesOf(page);
    await badge.press('Enter');

    expect(await badge.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await badge.getAttribute('aria-disabled')).toBe('true');
    expect(await wishesOf(page)).toEqual([]);
  });

  test('the quality menu lists Auto, the source and audio only, and asks for what is chosen', async () => {
    await page.getByRole('button', { name: 'Quality' }).click();
    const items = page.getByRole('menuitemradio');
    expect((await items.allTextContents()).map((text) => text.trim())).toEqual([
      'Auto (Source (1080p60))',
      'Source (1080p60)',
      '360p',
      'Audio only',
    ]);
    await page.getByRole('menuitemradio', { name: 'Audio only' }).click();

    expect(await wishesOf(page)).toEqual(['selectQuality -2']);
    await setPlayer(page, { selectedQuality: -2 });
    await expect.poll(() => items.nth(3).getAttribute('aria-checked')).toBe('true');
  });

  test('the quality menu works with the keyboard alone', async () => {
    await page.getByRole('button', { name: 'Quality' }).focus();
    await page.keyboard.press('Enter');
    // The menu takes the focus when its opening transition is over.
    await page.locator('media-chrome-menu-item:focus').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');

    expect(await wishesOf(page)).toEqual(['selectQuality 0']);
  });

  test('no caption button where the stream has no captions', async () => {
    expect(await page.getByRole('button', { name: 'Captions' }).count()).toBe(0);
    await setPlayer(page, { captionsAvailable: true });
    await page.getByRole('button', { name: 'Captions' }).waitFor();
  });
});

describe('states', () => {
  const act = async (name: string, button: string | RegExp) => {
    page = await pages.open(name);
    await wishesOf(page);
    await page.getByRole('button', { name: button }).click();
    const wishes = await wishesOf(page);
    return wishes;
  };

  test('a refused autoplay offers to play', async () => {
    expect(await act('watch-blocked', 'Tap to play')).toEqual(['play']);
    await page.context().close();
  });

  test('a failure tells its cause and offers another try', async () => {
    expect(await act('watch-error', 'Try again')).toEqual(['retry']);
    expect(await page.getByRole('status').first().textContent()).toContain('no decoder');
    await page.context().close();
  });

  test('a muted autoplay offers the sound', async () => {
    page = await pages.open('watch-muted');
    await page.getByRole('button', { name: 'Click to unmute' }).click();
    await expect.poll(() => video(page, (element) => element.muted)).toBe(false);
    await setPlayer(page, { muted: false, mutedByAutoplay: false });
    await page.locator('.unmute-pill').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('reconnecting keeps the last picture below the words', async () => {
    page = await pages.open('watch-reconnecting');
    expect(await video(page, (element) => element.videoWidth)).toBeGreaterThan(0);
    expect(await page.getByRole('status').first().textContent()).toBe(
      'Reconnecting to the stream.',
    );
    await page.context().close();
  });

  test('an embed lists no shortcut for the theatre it does not have', async () => {
    page = await pages.open('embed-live');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.getByText('Full screen').waitFor();
    expect(await help.getByText('Theatre').count()).toBe(0);
    await page.context().close();
  });
});
