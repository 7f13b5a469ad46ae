import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatServer, startChat } from '../../chat/support/chat-server.ts';
import { type Between, type BetweenRules, startBetween } from './support/between.ts';
import { openPageChat, type PageChat, texts } from './support/page-chat.ts';
import { quickened } from './support/quickened.ts';

let server: ChatServer;
let between: Between;
let page: PageChat;
beforeEach(async () => {
  // A beat as often as a quickened page expects one.
  server = await startChat({ times: { beatAfterMs: 5_000 } });
});
afterEach(async () => {
  page.close();
  await between.stop();
  await server.stop();
});

async function openThrough(rules: Partial<BetweenRules>): Promise<PageChat> {
  between = await startBetween(server.port, rules);
  const { token } = await server.person('Ann');
  page = openPageChat(between.url, { token, surroundings: quickened() });
  await page.live();
  return page;
}

const live = (transport: string) => ({ kind: 'live', transport });
const DOWN = [
  ['refuses upgrades', { upgrades: 'refuse' }, 'event-stream'],
  ['opens sockets and lets nothing through', { upgrades: 'mute' }, 'event-stream'],
  ['gathers answers besides', { upgrades: 'refuse', streams: 'gather' }, 'long-polling'],
  [
    'cuts requests that last besides',
    { upgrades: 'refuse', streams: 'gather', longestMs: 1_000 },
    'short-polling',
  ],
] as const;

describe.each(DOWN)('a proxy that %s', (_what, rules, transport) => {
  it(`leaves ${transport}, over which people talk`, async () => {
    await openThrough(rules);
    await page.until(({ status }) => status.kind === 'live' && status.transport === transport);
    const ben = await server.enter({ token: (await server.person('Ben')).token });
    page.send('hello Ben');
    await ben.next('messages', ({ items }) => items[0]?.text === 'hello Ben');
    await ben.say('hello Ann');
    const state = await page.until((one) => texts(one).length === 2 && one.outgoing.length === 0);
    expect(texts(state)).toEqual(['hello Ben', 'hello Ann']);
    expect(state.you?.name).toBe('Ann');
  });
});

describe('a page on a fallback', () => {
  it('goes back to WebSocket once that gets through, without a repeat or a hole', async () => {
    await openThrough({ upgrades: 'refuse' });
    const ben = await server.enter({ token: (await server.person('Ben')).token });
    await ben.say('one');
    await page.until((state) => texts(state).length === 1);
    between.rules.upgrades = 'pass';
    const talking = setInterval(
      () => ben.send({ type: 'send', id: `${Math.random()}`, text: 'more' }),
      300,
    );
    const { status } = await page.until(
      (state) => state.status.kind === 'live' && state.status.transport === 'websocket',
    );
    clearInterval(talking);
    await ben.say('last');
    const state = await page.until((one) => texts(one).at(-1) === 'last');
    expect(status).toEqual(live('websocket'));
    const offsets = state.lines.map((line) => line.kind === 'message' && line.message.offset);
    expect(offsets).toEqual(offsets.map((_offset, at) => at + 1));
    expect(page.notices()).toEqual([]);
  });

  it('is told what was deleted, pinned and how modes change', async () => {
    await openThrough({ upgrades: 'refuse' });
    const { token } = await server.person('Mia', 'moderator');
    const mod = await server.enter({ token });
    const bad = await mod.say('bad');
    const good = await mod.say('good');
    await page.until((state) => texts(state).length === 2);
    mod.send({ type: 'delete', id: '1', message: bad.message });
    mod.send({ type: 'pin', id: '2', message: good.message });
    mod.send({ type: 'mode', id: '3', slow: 30 });
    const state = await page.until(({ pinned, modes }) => pinned !== null && modes.slow === 30);
    expect(state.lines).toMatchObject([
      { kind: 'message', deleted: true, message: { text: '' } },
      { kind: 'message', deleted: false },
      { kind: 'notice', text: 'Slow mode is on: one message every 30 seconds.' },
    ]);
  });

  it('does not go further down because the server is away for a while', async () => {
    await openThrough({ upgrades: 'refuse' });
    between.rules.isDown = true;
    between.cut();
    await page.until(({ status }) => status.kind === 'reconnecting');
    between.rules.isDown = false;
    expect((await page.live()).status).toEqual(live('event-stream'));
  });
});
