import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatServer, startChat } from '../../chat/support/chat-server.ts';
import { type Between, startBetween } from './support/between.ts';
import { openPageChat, type PageChat, type PageChatOptions, texts } from './support/page-chat.ts';
import { tabStorage } from './support/tab-storage.ts';

let server: ChatServer;
let between: Between;
let pages: PageChat[];
let token: string;
beforeEach(async () => {
  server = await startChat();
  between = await startBetween(server.port);
  pages = [];
  ({ token } = await server.person('Ann'));
});
afterEach(async () => {
  for (const page of pages) page.close();
  await between.stop();
  await server.stop();
});

function open(options: PageChatOptions = {}): PageChat {
  const page = openPageChat(between.url, { token, ...options });
  pages.push(page);
  return page;
}
const sent = (page: PageChat, count: number) =>
  page.until((state) => texts(state).length >= count && state.outgoing.length === 0);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

describe('what is typed', () => {
  it('while there is no line is sent in its order when it is back', async () => {
    const page = open();
    await page.live();
    between.rules.isDown = true;
    between.cut();
    await page.until(({ status }) => status.kind === 'reconnecting');
    for (const word of numbers(10)) page.send(word);
    expect(page.get().status.kind).toBe('reconnecting');
    await page.until(({ outgoing }) => outgoing.length === 10);
    expect(new Set(page.get().outgoing.map(({ state }) => state))).toEqual(new Set(['waiting']));
    between.rules.isDown = false;
    expect(texts(await sent(page, 10))).toEqual(numbers(10));
  });

  it('survives a reload, and is sent once', async () => {
    const storage = tabStorage();
    between.rules.isDown = true;
    const before = open({ surroundings: { storage } });
    before.send('one');
    before.send('two');
    before.close();
    between.rules.isDown = false;
    const after = open({ surroundings: { storage } });
    expect(texts(await sent(after, 2))).toEqual(['one', 'two']);
    expect(storage.size).toBe(0);
  });

  it('shows once when its answer was lost and the page was reloaded', async () => {
    const storage = tabStorage();
    const before = open({ surroundings: { storage } });
    await before.live();
    const ben = await server.enter({ token: (await server.person('Ben')).token });
    between.rules.upgrades = 'deaf';
    before.send('hello');
    await ben.next('messages');
    before.close();
    between.rules.upgrades = 'pass';
    const after = open({ surroundings: { storage } });
    await sent(after, 1);
    await ben.say('end');
    await after.until((state) => texts(state).at(-1) === 'end');
    expect(after.texts()).toEqual(['hello', 'end']);
    expect(ben.texts).toEqual(['hello', 'end']);
  });

  it('shows once when it is sent from a tab and from its copy', async () => {
    const storage = tabStorage();
    between.rules.isDown = true;
    open({ surroundings: { storage } }).send('hello');
    const copy = tabStorage();
    for (const key of ['footlight.chat.unsent.stage'])
      copy.setItem(key, storage.getItem(key) ?? '');
    const other = open({ surroundings: { storage: copy } });
    between.rules.isDown = false;
    for (const page of pages) await sent(page, 1);
    await (await server.enter({ token: (await server.person('Ben')).token })).say('end');
    await other.until((state) => texts(state).at(-1) === 'end');
    expect(other.texts()).toEqual(['hello', 'end']);
  });

  it('is not sent under the name of somebody who signed in since', async () => {
    const storage = tabStorage();
    const before = open({ surroundings: { storage } });
    await before.live();
    between.rules.isDown = true;
    between.cut();
    await before.until(({ status }) => status.kind === 'reconnecting');
    before.send('hello');
    before.close();
    between.rules.isDown = false;
    const ben = await server.person('Ben');
    const after = open({ token: ben.token, surroundings: { storage } });
    const { outgoing } = await after.until((state) => state.outgoing[0]?.state === 'refused');
    expect(outgoing).toMatchObject([{ text: 'hello' }]);
    expect(after.texts()).toEqual([]);
  });

  it('is bounded, and what is too much comes back', async () => {
    between.rules.isDown = true;
    const page = open();
    for (const word of numbers(21)) page.send(word);
    const state = await page.until(({ refused }) => refused !== null);
    expect(state.outgoing).toHaveLength(20);
    expect(state.refused).toMatchObject({ code: 'too_many_waiting', text: '20', id: null });
  });
});

describe('what is refused', () => {
  it('is not lost, and what comes after it goes on', async () => {
    const page = open();
    await page.live();
    page.send('/nonsense');
    page.send('words');
    await page.until((state) => texts(state).length === 1);
    const { refused, outgoing } = page.get();
    expect(refused).toMatchObject({ code: 'command_unknown', text: '/nonsense', retryAt: null });
    expect(outgoing).toMatchObject([{ text: '/nonsense', state: 'refused' }]);
    expect(outgoing[0]?.reason).toContain('There is no command /nonsense.');
    expect(page.takeBack(refused?.id ?? '')).toBe('/nonsense');
    await page.until((state) => state.outgoing.length === 0);
    expect(page.takeBack(refused?.id ?? '')).toBeNull();
  });

  it('for being too much at once all comes back', async () => {
    const page = open();
    await page.live();
    for (const word of numbers(20)) page.send(word);
    await sent(page, 20);
    for (const word of ['a', 'b', 'c']) page.send(word);
    const state = await page.until(({ outgoing }) => outgoing.at(-1)?.state === 'refused');
    expect(state.outgoing.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(state.refused).toMatchObject({ code: 'too_many_messages', text: 'c' });
    expect(state.refused?.retryAt).toBeGreaterThan(Date.now());
  });

  it('because the server cannot just now is sent again', async () => {
    const page = open();
    await page.live();
    between.rules.upgrades = 'refuse';
    between.cut();
    page.send('patience');
    expect(texts(await sent(page, 1))).toEqual(['patience']);
  });

  it('of a guest comes back with the reason', async () => {
    const page = openPageChat(between.url);
    pages.push(page);
    await page.live();
    page.send('hello');
    const { refused } = await page.until((state) => state.refused !== null);
    expect(refused).toMatchObject({ text: 'hello' });
    expect(refused?.reason).toMatch(/sign in/i);
  });
});

describe('a whisper', () => {
  it('shows to the two, and to nobody else', async () => {
    const { token: ben } = await server.person('Ben');
    const { db, accounts } = server.context;
    const user = await accounts.userByName('ann');
    await db
      .insertInto('chat_preferences')
      .values({ user_id: user?.id ?? '', whispers_from: 'everyone' })
      .execute();
    const [ann, two, three] = [open(), open({ token: ben }), open({ token })];
    for (const page of [ann, two, three]) await page.live();
    two.whisper('ann', 'psst');
    await ann.until(({ lines }) => lines[0]?.kind === 'whisper');
    await three.until(({ lines }) => lines.length === 1);
    const guest = openPageChat(between.url);
    pages.push(guest);
    expect((await guest.live()).lines).toEqual([]);
  });
});
