import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { scriptedPagesForFile } from '../support/scripted-page.ts';

const pages = scriptedPagesForFile();
const box = (page: Page) => page.getByRole('textbox', { name: /^Message in the chat/ });
const asked = (page: Page): Promise<string[]> =>
  page.evaluate(() => window.scriptedChat.asked.filter((words) => !words.startsWith('set')));
const say = (page: Page, text: string) =>
  page.evaluate((words) => window.scriptedChat.say('night_owl', words), text);
const belowEnd = (page: Page): Promise<number> =>
  page
    .locator('.chat-scroller')
    .evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight));

async function scrolledUp(page: Page): Promise<void> {
  await page.locator('.chat-scroller').hover();
  await page.mouse.wheel(0, -400);
  await page.locator('.chat-to-end').waitFor();
}

test('the newest message stays in sight, until somebody scrolls up', async () => {
  const page = await pages.openChat('member');
  await say(page, 'first of the new');
  await page.getByText('first of the new').waitFor();
  expect(await belowEnd(page)).toBeLessThan(2);

  await scrolledUp(page);
  const reading = page.locator('.chat-row', { hasText: 'what did I miss?' }).last();
  const before = await reading.boundingBox();
  await page.evaluate(() => window.scriptedChat.flood(40));
  await page.getByRole('button', { name: '40 new messages' }).waitFor();
  expect(await reading.boundingBox()).toEqual(before);

  await page.getByRole('button', { name: '40 new messages' }).click();
  await expect.poll(() => belowEnd(page)).toBeLessThan(2);
  expect(await page.locator('.chat-to-end').count()).toBe(0);
  await page.context().close();
});

test('the number of rows is bounded, and reading stands still while old lines go', async () => {
  const page = await pages.openChat('member');
  await page.evaluate(() => window.scriptedChat.flood(400));
  await page.getByText('message 1400 of many', { exact: false }).waitFor();
  expect(await page.locator('.chat-row').count()).toBeLessThanOrEqual(150);

  await scrolledUp(page);
  const reading = page.locator('.chat-row', { hasText: 'message 1390 of many' });
  const before = await reading.boundingBox();
  await page.evaluate(() => window.scriptedChat.flood(60));
  await page.getByRole('button', { name: '60 new messages' }).waitFor();
  expect(await reading.boundingBox()).toEqual(before);
  expect(await page.locator('.chat-row').count()).toBeLessThanOrEqual(300);
  await page.context().close();
});

test('what is typed is completed, sent, and recalled', async () => {
  const page = await pages.openChat('member');
  await box(page).pressSequentially('hey @bal');
  await page.keyboard.press('Tab');
  await box(page).pressSequentially(':hea');
  await page.getByRole('option', { name: ':heart:' }).waitFor();
  await page.keyboard.press('Enter');
  expect(await box(page).inputValue()).toBe('hey @balcony_seat :heart: ');
  await page.keyboard.press('Enter');
  expect(await asked(page)).toContain('send hey @balcony_seat :heart:');
  expect(await box(page).inputValue()).toBe('');
  await page.keyboard.press('ArrowUp');
  expect(await box(page).inputValue()).toBe('hey @balcony_seat :heart:');
  await page.context().close();
});

test('what was refused is back in the box, with the reason and the time to wait', async () => {
  const page = await pages.openChat('member');
  await page.evaluate(() =>
    window.scriptedChat.set({
      outgoing: [
        {
          ...{ id: 'o9', text: 'too soon', replyTo: null, to: null },
          ...{ state: 'refused' as const, reason: 'Wait a little.' },
        },
      ],
      refused: {
        ...{ count: 1, code: 'slow_mode', reason: 'Wait a little.', id: 'o9', text: 'too soon' },
        retryAt: Date.now() + 2_000,
      },
    }),
  );
  await page.getByRole('alert').filter({ hasText: 'Wait a little.' }).waitFor();
  await page.getByText('Again in 0:0').waitFor();
  await expect.poll(() => box(page).inputValue()).toBe('too soon');
  await page.getByText('You can try again now.').waitFor();
  await page.context().close();
});

test('a moderator needs the keyboard alone', async () => {
  const page = await pages.openChat('moderator');
  await page.locator('.chat-scroller').focus();
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
  await page.getByRole('toolbar', { name: 'Message of night_owl' }).waitFor();
  await say(page, 'this must not move anything');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: '30 seconds' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByText('night_owl is silent for 1 minute.').waitFor();
  expect(await asked(page)).toContain('wish {"type":"timeout","user":"night_owl","seconds":60}');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect.poll(() => box(page).evaluate((area) => area === document.activeElement)).toBe(true);
  await page.context().close();
});

test('a switch moves when the server says so, not when it is pressed', async () => {
  const page = await pages.openChat('moderator');
  await page.getByRole('button', { name: /^Moderation/ }).click();
  await page.getByRole('tab', { name: 'Modes' }).click();
  const slow = page.getByRole('switch', { name: 'Slow mode' });
  await slow.click();
  expect(await asked(page)).toContain('wish {"type":"mode","slow":30}');
  expect(await slow.getAttribute('aria-checked')).toBe('false');
  await page.evaluate(() => {
    const { modes } = window.scriptedChat.state();
    window.scriptedChat.set({ modes: { ...modes, slow: 30 } });
  });
  await page.getByText('Slow mode: one message every 30 seconds').waitFor({ state: 'attached' });
  expect(await slow.getAttribute('aria-checked')).toBe('true');
  await page.context().close();
});

test('Escape closes what lies over the messages, and the focus goes back', async () => {
  const page = await pages.openChat('member');
  const opener = page.getByRole('button', { name: 'Chat settings' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Chat settings' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.context().close();
});

test('chat held to the picture follows the distance of the player', async () => {
  const page = await pages.open('chat-settings');
  await page.getByRole('switch', { name: 'Hold chat to the picture' }).click();
  await expect
    .poll(() => page.evaluate(() => window.scriptedChat.asked.at(-1)))
    .toBe('setDelay 420');
  await page.evaluate(() => window.scriptedEngine.set({ latencySeconds: 2 }));
  await expect
    .poll(() => page.evaluate(() => window.scriptedChat.asked.at(-1)))
    .toBe('setDelay 2000');
  await page.context().close();
});
