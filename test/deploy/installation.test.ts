import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ChatClient } from '../chat/support/chat-client.ts';
import { type Encoder, startEncoder } from '../support/encoder.ts';
import { openPageChat, type PageChat, texts } from '../web/chat/support/page-chat.ts';
import { readComposeFile } from './compose-file.ts';
import { startComposedRedis } from './composed-redis.ts';
import { type Installation, type PartName, startInstallation } from './installation.ts';

const NODES: PartName[] = ['chat-a', 'chat-b'];
const PAGES = 40;

let site: Installation;
const pages: PageChat[] = [];
const clients: ChatClient[] = [];
const encoders: Encoder[] = [];
/** Of sockets of all pages of a test. */
let closeCodes: number[] = [];

beforeAll(async () => {
  site = await startInstallation({ CHAT_MAX_PER_ADDRESS: '1000', LADDER: 'source' });
}, 120_000);
afterEach(async () => {
  for (const page of pages.splice(0)) page.close();
  for (const client of clients.splice(0)) client.end();
  await Promise.all(encoders.splice(0).map((encoder) => encoder.stop('SIGKILL')));
  closeCodes = [];
  await expect.poll(() => socketsOf(...NODES)).toEqual([0, 0]);
});
afterAll(() => site?.stop());

const socketsOf = (...names: PartName[]) =>
  Promise.all(names.map((name) => site.metric(name, 'footlight_chat_sockets')));

async function enter(hello: object = {}): Promise<ChatClient> {
  const client = new ChatClient(`ws://127.0.0.1:${site.port}/chat/live`);
  clients.push(client);
  await client.opened;
  client.send({ type: 'hello', ...hello });
  await client.next('welcome');
  return client;
}

/** The page's own client, which comes back by itself. */
async function openPage(token: string | null = null): Promise<PageChat> {
  const openSocket = (url: string) => {
    const socket = new WebSocket(url);
    socket.addEventListener('close', ({ code }) => closeCodes.push(code));
    return socket;
  };
  const options = { channel: 'live', surroundings: { openSocket, storage: null } };
  const page = openPageChat(site.url, token === null ? options : { ...options, token });
  pages.push(page);
  await page.live();
  return page;
}

const said = (page: PageChat, prefix: string) =>
  texts(page.get()).filter((text) => text.startsWith(prefix));

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${site.url}${path}`, { headers, redirect: 'manual' });

describe('what the edge sends where', () => {
  it('sockets go to both nodes, and each hears what is said at the other', async () => {
    const ann = await enter({ token: await site.people.token('ann') });
    const ben = await enter({ token: await site.people.token('ben') });
    expect(await socketsOf(...NODES)).toEqual([1, 1]);
    await ann.say('from one node');
    await ben.next('messages', ({ items }) => items.some(({ text }) => text === 'from one node'));
    await ben.say('from the other');
    await ann.next('messages', ({ items }) => items.some(({ text }) => text === 'from the other'));
  });

  it('plain requests for chat go to its nodes, and a long poll waits as long as it may', async () => {
    const token = await site.people.token('cora');
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const path = '/api/v1/channels/live/messages';
    const say = async (text: string) => {
      const body = JSON.stringify({ id: text, text });
      return (await fetch(`${site.url}${path}`, { method: 'POST', headers, body })).json();
    };
    expect(await say('posted')).toMatchObject({ type: 'ack', id: 'posted' });
    const { offset } = await (await get(path)).json();
    const waiting = get(`${path}?after=${offset}&wait=25`);
    await say('awaited');
    expect(await (await waiting).json()).toMatchObject({ items: [{ text: 'awaited' }] });
  });

  it('an event stream of chat passes each message as it is said', async () => {
    const ann = await enter({ token: await site.people.token('ann') });
    const asked = request(`${site.url}/api/v1/channels/live/messages`, {
      headers: { accept: 'text/event-stream' },
    }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let heard = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      heard += chunk;
    });
    for (const text of ['streamed one', 'streamed two']) {
      await ann.say(text);
      await expect.poll(() => heard).toContain(text);
    }
    asked.destroy();
  });

  it('pages, API and events go to web, also those of the channel called live', async () => {
    for (const path of ['/', '/live', '/live/chat', '/api/v1/channels/live']) {
      expect([path, (await get(path)).status]).toEqual([path, 200]);
    }
    expect((await get('/metrics')).status).toBe(404);
    expect(await (await get('/api/v1/channels/live')).json()).toMatchObject({ channel: 'live' });
  });

  it('an encoder goes straight to ingest, and its stream comes through the cache', async () => {
    expect((await get('/live/live/index.m3u8')).status).toBe(404);
    const { rtmpUrl, streamKey } = site.parts.ingest;
    encoders.push(startEncoder({ url: `${rtmpUrl}/${streamKey}`, keyframeSeconds: 1 }));
    await expect.poll(async () => (await get('/live/live/index.m3u8')).status).toBe(200);
    const within = async (path: string, uri: RegExp) =>
      new URL(uri.exec(await (await get(path)).text())?.[1] ?? '', `${site.url}${path}`).pathname;
    const playlist = await within('/live/live/index.m3u8', /^([^#\s]\S*)$/m);
    const start = await within(playlist, /#EXT-X-MAP:URI="([^"]+)"/);
    expect((await get(start)).status).toBe(200);
    expect((await get(start)).headers.get('x-cache')).toBe('HIT');
  });

  it('the address of a viewer is the one that the edge saw', async () => {
    const client = new ChatClient(`ws://127.0.0.1:${site.port}/chat/live`, {
      origin: site.url,
      'x-forwarded-for': '10.1.2.3',
    });
    clients.push(client);
    await client.opened;
    client.send({ type: 'hello' });
    // Its origin is this site's own: PUBLIC_URL says so at every node.
    await client.next('welcome');
  });
});

/** Says numbered messages until told to stop; resolves with all that were acknowledged. */
function keepTalking(client: ChatClient, prefix: string) {
  const acked: string[] = [];
  let isOver = false;
  const talking = (async () => {
    for (let count = 0; !isOver && count < 90; count++) {
      const text = `${prefix} ${count}`;
      await client.say(text, text);
      acked.push(text);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  })();
  return async () => {
    isOver = true;
    await talking;
    return acked;
  };
}

/** A client that talks to a node directly, past the edge and whatever happens to the other one. */
async function enterAt(name: PartName, token: string): Promise<ChatClient> {
  const client = new ChatClient(`ws://127.0.0.1:${site.parts[name].httpPort}/chat/live`);
  clients.push(client);
  await client.opened;
  client.send({ type: 'hello', token });
  await client.next('welcome');
  return client;
}

describe('a node that ends', () => {
  it('when told to: its sockets are asked to come back, and a deployment is a ripple', async () => {
    await Promise.all(Array.from({ length: PAGES }, () => openPage()));
    const [first = 0, second = 0] = await socketsOf(...NODES);
    expect(first + second).toBe(PAGES);
    expect(Math.abs(first - second)).toBeLessThanOrEqual(PAGES / 4);

    const token = await site.people.token('dora', 'moderator');
    const stopTalking = keepTalking(await enterAt('chat-b', token), 'ripple');
    const { code, logs } = await site.parts['chat-a'].stop();
    expect([code, logs.includes('stopping took too long')]).toEqual([0, false]);
    await expect.poll(() => socketsOf('chat-b')).toEqual([PAGES + 1]);
    const acked = await stopTalking();
    expect(closeCodes).toEqual(Array.from({ length: first }, () => 4000));

    const last = acked.at(-1) ?? '';
    for (const page of pages) {
      await page.until((state) => texts(state).includes(last));
      expect(said(page, 'ripple')).toEqual(acked);
      expect(page.notices()).toEqual([]);
    }
    await site.restart('chat-a');
    // It takes part again, two seconds after it was last found away.
    await expect
      .poll(async () => {
        await enter();
        return site.metric('chat-a', 'footlight_chat_sockets');
      })
      .toBeGreaterThan(0);
  });

  it('when killed: everybody is at the other one with nothing lost or repeated', async () => {
    const token = await site.people.token('edna');
    const writer = await openPage(token);
    await Promise.all(Array.from({ length: PAGES - 1 }, () => openPage()));
    const [first = 0] = await socketsOf('chat-a');
    expect(first).toBeGreaterThan(0);
    const moderator = await site.people.token('dora', 'moderator');
    const stopTalking = keepTalking(await enterAt('chat-b', moderator), 'killed');
    await site.parts['chat-a'].kill9();
    // Written while its node may be gone: kept by the page, and sent once.
    writer.send('killed but kept');
    await expect.poll(() => socketsOf('chat-b')).toEqual([PAGES + 1]);
    const acked = await stopTalking();
    const last = acked.at(-1) ?? '';
    for (const page of pages) {
      await page.until(
        (state) => texts(state).includes(last) && texts(state).includes('killed but kept'),
      );
      expect(said(page, 'killed').filter((text) => text !== 'killed but kept')).toEqual(acked);
      expect(said(page, 'killed but kept')).toHaveLength(1);
    }
    await site.restart('chat-a');
  });
});

describe('without passwords', () => {
  it('Redis does not start, and says what to set', async () => {
    await expect(startComposedRedis(readComposeFile())).rejects.toThrow(
      /REDIS_PASSWORD.*has no default/s,
    );
  });
});
