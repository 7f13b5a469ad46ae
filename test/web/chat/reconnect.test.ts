import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browserSurroundings } from '../../../web/client/chat/surroundings.ts';
import { type ChatServer, startChat } from '../../chat/support/chat-server.ts';
import { type Between, startBetween } from './support/between.ts';
import { openPageChat, type PageChat, type PageChatOptions, texts } from './support/page-chat.ts';
import { quickened } from './support/quickened.ts';

let server: ChatServer;
let between: Between;
let page: PageChat;
let token: string;
beforeEach(async () => {
  server = await startChat({ times: { beatAfterMs: 5_000 } });
  between = await startBetween(server.port);
  ({ token } = await server.person('Ann'));
});
afterEach(async () => {
  page.close();
  await between.stop();
  await server.stop();
});

async function open(options: PageChatOptions = {}): Promise<PageChat> {
  page = openPageChat(between.url, { token, ...options });
  await page.live();
  return page;
}
async function breakLine(): Promise<void> {
  between.rules.isDown = true;
  between.cut();
  await page.until(({ status }) => status.kind === 'reconnecting');
}
async function entered(name: string, role?: 'moderator') {
  return server.enter({ token: (await server.person(name, role)).token });
}

/** As much as a moderator may in 30 seconds. */
async function sayMuch(name: string): Promise<void> {
  const { token: bearer } = await server.person(name, 'moderator');
  for (let index = 0; index < 100; index++) {
    await fetch(`${server.url}/api/v1/channels/stage/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: `${name} ${index}`, text: `${name} ${index}` }),
    });
  }
}

describe('a line that broke', () => {
  it('comes back with what was said meanwhile, each message once', async () => {
    await open();
    const ben = await entered('Ben');
    await ben.say('before');
    await page.until((state) => texts(state).length === 1);
    await breakLine();
    for (const word of ['one', 'two', 'three']) await ben.say(word);
    between.rules.isDown = false;
    await page.live();
    await ben.say('after');
    await page.until((state) => texts(state).at(-1) === 'after');
    expect(page.texts()).toEqual(['before', 'one', 'two', 'three', 'after']);
    expect(page.notices()).toEqual([]);
  });

  it('takes away what was deleted meanwhile', async () => {
    await open();
    const mia = await entered('Mia', 'moderator');
    const { message } = await mia.say('bad');
    await page.until((state) => texts(state).length === 1);
    await breakLine();
    mia.send({ type: 'delete', id: 'd', message });
    await mia.next('done');
    between.rules.isDown = false;
    const { lines } = await page.until((state) => texts(state)[0] === '');
    expect(lines).toMatchObject([{ kind: 'message', deleted: true }]);
  });

  it('says so when more was said than is told again, and begins afresh', async () => {
    await open();
    await (await entered('Ben')).say('before');
    await page.until((state) => texts(state).length === 1);
    await breakLine();
    await Promise.all(Array.from({ length: 11 }, (_, at) => sayMuch(`Mia${at}`)));
    between.rules.isDown = false;
    await page.live();
    await page.until((state) => texts(state).length === 100);
    expect(page.notices()).toEqual(['Some messages were missed.']);
    expect(page.get().hasOlder).toBe(true);
  });

  it('is noticed when nothing is heard for 25 seconds', async () => {
    await open({ surroundings: quickened() });
    const ben = await entered('Ben');
    between.rules.upgrades = 'mute';
    await ben.say('unheard');
    await page.until(({ status }) => status.kind === 'reconnecting');
    between.rules.upgrades = 'pass';
    await page.until((state) => texts(state).length === 1);
    expect(page.texts()).toEqual(['unheard']);
  });

  it('that goes silent again and again is left for one over plain requests', async () => {
    await open({ surroundings: quickened() });
    between.rules.upgrades = 'mute';
    const { status } = await page.until(
      (state) => state.status.kind === 'live' && state.status.transport !== 'websocket',
    );
    expect(status).toEqual({ kind: 'live', transport: 'event-stream' });
  });

  it('is opened again at once when the network is back or the page wakes up', async () => {
    let wake = (_what: 'network' | 'page') => {};
    const waits: number[] = [];
    const { after: wait } = browserSurroundings();
    await open({
      surroundings: {
        // Left to itself it would never come back.
        after: (ms, callback) => {
          waits.push(ms);
          return wait(ms < 1_000 ? 100_000 : ms, callback);
        },
        onWake: (call) => {
          wake = call;
          return () => undefined;
        },
      },
    });
    for (const what of ['network', 'page'] as const) {
      await breakLine();
      between.rules.isDown = false;
      wake(what);
      await page.live();
    }
    expect(waits.filter((ms) => ms < 1_000)).toHaveLength(2);
  });

  it('of a machine that slept is opened again when it wakes up', async () => {
    const surroundings = quickened();
    let sleptMs = 0;
    await open({ surroundings: { ...surroundings, now: () => surroundings.now() + sleptMs } });
    const upgrades = between.seen.length;
    between.rules.upgrades = 'mute';
    sleptMs = 3_600_000;
    await expect.poll(() => between.seen.length).toBe(upgrades + 1);
  });

  it('waits longer each time nobody is there, and never as long as anybody else', async () => {
    const waits: number[] = [];
    const { after: wait } = browserSurroundings();
    await open({
      surroundings: {
        after: (ms, callback) => {
          if (ms < 25_000 && ms !== 5_000 && ms !== 8_000 && ms !== 60_000) waits.push(ms);
          return wait(ms / 100, callback);
        },
        random: () => 0.5,
      },
    });
    between.rules.isDown = true;
    between.cut();
    await expect.poll(() => waits.filter((ms) => ms > 0).length).toBeGreaterThan(6);
    expect(waits.filter((ms) => ms > 0).slice(0, 6)).toEqual([
      375, 750, 1_500, 3_000, 6_000, 12_000,
    ]);
  });
});

describe('what is delivered twice', () => {
  it('shows once', async () => {
    page = openPageChat(between.url, { token, surroundings: { openSocket: openEchoing } });
    await page.live();
    const ben = await entered('Ben');
    for (const word of ['one', 'two', 'three']) await ben.say(word);
    await page.until((state) => texts(state).at(-1) === 'three');
    expect(page.texts()).toEqual(['one', 'two', 'three']);
  });
});

/** Hears every frame of messages twice. */
function openEchoing(url: string): WebSocket {
  const socket = new WebSocket(url);
  let listener: ((event: MessageEvent) => void) | null = null;
  socket.addEventListener('message', (event) => {
    listener?.(event);
    if (String(event.data).includes('"messages"')) listener?.(event);
  });
  Object.defineProperty(socket, 'onmessage', {
    get: () => listener,
    set: (call: typeof listener) => {
      listener = call;
    },
  });
  return socket;
}
