import type { Page } from 'playwright-core';
import type { ChatScene } from './chat-scenes.ts';
import type { PageState } from './page-states.ts';

type Chat = Pick<PageState, 'name' | 'shows'> & {
  chat: ChatScene;
  act?: NonNullable<PageState['act']>;
};

const box = (page: Page) => page.getByRole('textbox', { name: /^Message in the chat/ });
const head = (name: string | RegExp) => (page: Page) =>
  page.locator('.chat-head').getByRole('button', { name }).click();
const type = (text: string) => (page: Page) => box(page).pressSequentially(text);

/** Keys reach the actions of the newest message of somebody, as the mouse does. */
const atActions = (row: string) => async (page: Page) => {
  await page.locator('.chat-scroller').focus();
  await page.keyboard.press('ArrowUp');
  await page.locator('.chat-row', { hasText: row }).last().focus();
};

const CHATS: Chat[] = [
  { name: 'chat-guest', chat: 'guest', shows: 'text=Sign in to write' },
  { name: 'chat-member', chat: 'member', shows: 'text=are typing' },
  { name: 'chat-empty', chat: 'empty', shows: 'text=Quiet in the house' },
  { name: 'chat-connecting', chat: 'connecting', shows: 'text=Connecting to chat' },
  { name: 'chat-reconnecting', chat: 'reconnecting', shows: 'text=What you type is kept' },
  { name: 'chat-closed', chat: 'closed', shows: 'text=You are banned' },
  { name: 'chat-restricted', chat: 'restricted', shows: 'text=Slow mode' },
  { name: 'chat-refused', chat: 'refused', shows: 'text=Again in' },
  { name: 'chat-whisper', chat: 'whispers', shows: 'text=Whisper from' },
  {
    ...{ name: 'chat-scrolled', chat: 'member', shows: 'text=3 new messages' },
    act: async (page) => {
      await page.locator('.chat-scroller').hover();
      await page.mouse.wheel(0, -400);
      await page.locator('.chat-to-end').waitFor();
      await page.evaluate(() => {
        for (const text of ['one', 'two', 'three']) window.scriptedChat.say('night_owl', text);
      });
    },
  },
  {
    ...{ name: 'chat-actions', chat: 'moderator', shows: '.chat-actions' },
    act: atActions('no way this is half a second behind'),
  },
  {
    ...{ name: 'chat-timeout', chat: 'moderator', shows: '.chat-menu >> text=10 minutes' },
    act: async (page) => {
      await atActions('no way this is half a second behind')(page);
      await page.getByRole('button', { name: 'Time out night_owl' }).click();
    },
  },
  { name: 'chat-commands', chat: 'moderator', shows: '[role=option]', act: type('/') },
  { name: 'chat-usage', chat: 'moderator', shows: '.chat-usage', act: type('/slow ') },
  { name: 'chat-mention', chat: 'member', shows: '[role=option]', act: type('hey @') },
  { name: 'chat-emote', chat: 'member', shows: '[role=option] img', act: type('nice :cl') },
  {
    ...{ name: 'chat-emotes', chat: 'member', shows: '.chat-emote-grid img' },
    act: (page) => page.getByRole('button', { name: 'Emotes' }).click(),
  },
  {
    ...{ name: 'chat-long', chat: 'member', shows: 'text=11 too many' },
    act: (page) => box(page).fill(`${'a long thought '.repeat(34)}x`),
  },
  {
    ...{ name: 'chat-reply', chat: 'member', shows: 'text=Replying to' },
    act: async (page) => {
      await atActions('no way this is half a second behind')(page);
      await page.getByRole('button', { name: 'Reply to night_owl' }).click();
    },
  },
  {
    ...{ name: 'chat-thread', chat: 'member', shows: 'role=dialog[name=Thread]' },
    act: (page) => page.locator('.chat-quoted').last().click(),
  },
  {
    ...{ name: 'chat-people', chat: 'member', shows: 'text=People here' },
    act: head(/^People here/),
  },
  {
    ...{ name: 'chat-settings', chat: 'member', shows: 'text=Hold chat to the picture' },
    act: head('Chat settings'),
  },
  {
    ...{ name: 'chat-card', chat: 'moderator', shows: 'text=Follows since' },
    act: (page) => page.locator('.chat-name', { hasText: 'night_owl' }).last().click(),
  },
  {
    ...{ name: 'chat-queue', chat: 'moderator', shows: 'text=Approve' },
    act: head(/^Moderation/),
  },
  {
    ...{ name: 'chat-modes', chat: 'moderator', shows: 'text=Shield mode' },
    act: async (page) => {
      await head(/^Moderation/)(page);
      await page.getByRole('tab', { name: 'Modes' }).click();
    },
  },
  {
    ...{ name: 'chat-log', chat: 'moderator', shows: '.chat-action-log' },
    act: async (page) => {
      await head(/^Moderation/)(page);
      await page.getByRole('tab', { name: 'Log' }).click();
    },
  },
];

/** The watch page with its chat in each state that people meet. */
export const chatStates = (watch: Omit<PageState, 'name' | 'shows'>): PageState[] =>
  CHATS.map((chat) => ({
    ...watch,
    ...chat,
    people: {
      name: chat.chat === 'guest' ? null : 'tea_and_tape',
      following: false,
      followers: 1_284,
    },
  }));
