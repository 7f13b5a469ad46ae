import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { scriptedPagesForFile, video, wishesOf } from '../support/scripted-page.ts';

const pages = scriptedPagesForFile();
let page: Page;

describe('shortcuts', () => {
  beforeEach(async () => {
    page = await pages.open('watch-captions');
    await wishesOf(page);
    return () => page.context().close();
  });

  test.each([' ', 'k'])('%j pauses what plays and plays what is paused', async (key) => {
    await page.waitForFunction(() => document.querySelector('video')?.paused === false);
    await page.keyboard.press(key);
    await video(page, (element) => element.pause());
    await page.keyboard.press(key);

    expect(await wishesOf(page)).toEqual(['pause', 'play']);
  });

  test('m turns the sound on and off', async () => {
    const first = await video(page, (element) => element.muted);
    await page.keyboard.press('m');
    await expect.poll(() => video(page, (element) => element.muted)).toBe(!first);
    await page.keyboard.press('m');
    await expect.poll(() => video(page, (element) => element.muted)).toBe(first);
  });

  test('arrows up and down change the volume', async () => {
    const first = await video(page, (element) => element.volume);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => video(page, (element) => element.volume)).toBeCloseTo(first - 0.1, 5);
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => video(page, (element) => element.volume)).toBeCloseTo(first - 0.05, 5);
  });

  test('t is theatre, which hides the header, and Escape leaves it', async () => {
    await page.keyboard.press('t');
    await page.locator('.site-header').waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    await page.locator('.site-header').waitFor({ state: 'visible' });
  });

  test('f is full screen, there and back', async () => {
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.fullscreenElement?.localName === 'media-controller');
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.fullscreenElement === null);
  });

  test('c asks for captions to change', async () => {
    await page.keyboard.press('c');

    expect(await wishesOf(page)).toEqual(['setCaptions false']);
  });

  test('? opens the list of shortcuts and Escape closes it', async () => {
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('k');
    expect(await wishesOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test("keys typed into a field are the field's", async () => {
    await page.evaluate(() => {
      const field = document.body.appendChild(document.createElement('input'));
      field.focus();
    });
    await page.keyboard.type('kmt c?');

    expect(await wishesOf(page)).toEqual([]);
    expect(await page.locator('body > input').inputValue()).toBe('kmt c?');
    expect(await page.locator('.site-header').isVisible()).toBe(true);
  });

  test("keys with Control or Command are the browser's", async () => {
    await page.keyboard.press('Control+k');

    expect(await wishesOf(page)).toEqual([]);
  });

  test('Space presses the button that has the focus instead of pausing', async () => {
    await page.getByRole('button', { name: 'Captions' }).focus();
    await page.keyboard.press(' ');

    expect(await wishesOf(page)).toEqual(['setCaptions false']);
  });
});
