import { afterEach, describe, expect, it } from 'vitest';
import { metrics } from '../../platform/metrics.ts';
import { CLOSE } from '../../platform/protocol/chat/close-codes.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';
import { RawClient, rawFrame } from './support/raw-client.ts';

let server: ChatServer;
afterEach(() => server.stop());

const closedBy = async (reason: string) => {
  const { values } = (await metrics
    .getSingleMetric('footlight_chat_sockets_closed_total')
    ?.get()) ?? { values: [] };
  return values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
};

describe('a quiet line', () => {
  it('carries a beat, and pings whose answers keep it open', async () => {
    server = await startChat({ times: { pingEveryMs: 200, beatAfterMs: 500 } });
    const client = await server.enter();
    let pings = 0;
    client.socket.on('ping', () => pings++);
    await client.next('beat');
    await client.next('beat');
    await expect.poll(() => pings).toBeGreaterThan(5);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('that answers no ping is closed as silent', async () => {
    server = await startChat({ times: { pingEveryMs: 100, beatAfterMs: 10_000 } });
    const client = await RawClient.open(server.port);
    client.write(rawFrame('{"type":"hello"}'));
    expect(await client.closed).toBe(CLOSE.silent);
  });

  it('is closed when its token runs out', async () => {
    server = await startChat({ times: { pingEveryMs: 100 } });
    const { id } = await server.person('Ann');
    const { token } = await server.context.sessions.issue({ userId: id, lifetimeMs: 1_500 });
    const client = await server.enter({ token });
    expect(await client.closed).toEqual({ code: CLOSE.tokenExpired });
  });
});

describe('a reader that cannot keep up', () => {
  it('is closed and counted, and nobody else notices', async () => {
    server = await startChat();
    const other = await server.enter();
    const before = await closedBy('tooSlow');
    const slow = await RawClient.open(server.port);
    slow.write(rawFrame('{"type":"hello"}'));
    await expect.poll(() => other.heard.at(-1)).toMatchObject({ type: 'presence', count: 2 });
    slow.socket.pause();
    // Kernel buffers take megabytes before anything waits in the process.
    const long = 'x'.repeat(30_000);
    let said = 0;
    while (said < 2_000 && (await closedBy('tooSlow')) === before) {
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => server.publish(`${said + n} ${long}`)),
      );
      said += 20;
    }
    expect(await closedBy('tooSlow')).toBe(before + 1);
    await expect.poll(() => other.texts.length).toBe(said);
    slow.socket.destroy();
  });
});

describe('the delay for those who do not moderate', () => {
  it('holds messages back, and what is deleted meanwhile never shows', async () => {
    server = await startChat();
    const mod = await server.enter({ token: (await server.person('Mia', 'moderator')).token });
    const ann = await server.enter({ token: (await server.person('Ann')).token });
    mod.send({ type: 'mode', id: 'm', delay: 2 });
    await mod.next('done');
    const bad = await ann.say('bad');
    const at = performance.now();
    mod.send({ type: 'delete', id: 'd', message: bad.message });
    await mod.next('done');
    await ann.say('good');
    await expect.poll(() => mod.texts).toEqual(['bad', 'good']);
    const late = await server.enter();
    expect(late.welcome.history).toEqual([]);
    for (const client of [ann, late]) {
      await expect.poll(() => client.texts).toEqual(['good']);
      expect(performance.now() - at).toBeGreaterThan(1_500);
    }
  });
});

describe('somebody whose standing changes', () => {
  it('is told, and out when banned, on every tab; nobody gets in again', async () => {
    server = await startChat();
    const mod = await server.enter({ token: (await server.person('Mia', 'moderator')).token });
    const { token } = await server.person('Ann');
    const tabs = [await server.enter({ token }), await server.enter({ token })];
    mod.send({ type: 'timeout', id: 't', user: 'ann', seconds: 60 });
    for (const tab of tabs)
      expect(await tab.next('you')).toMatchObject({ silencedUntil: expect.any(Number) });
    mod.send({ type: 'ban', id: 'b', user: 'ann' });
    for (const tab of tabs) expect(await tab.closed).toEqual({ code: CLOSE.banned });
    const again = server.connect();
    await again.opened;
    again.send({ type: 'hello', token });
    expect(await again.next('refused')).toMatchObject({ code: 'banned' });
    expect(await again.closed).toEqual({ code: CLOSE.banned });
  });
});

describe('presence', () => {
  it('counts everybody once and tells who came and went', async () => {
    server = await startChat();
    const first = await server.enter();
    const { token } = await server.person('Ann');
    const ann = await server.enter({ token });
    await first.next('presence', ({ joined }) => joined.some(({ name }) => name === 'Ann'));
    const second = await server.enter({ token });
    expect(second.welcome.presence).toMatchObject({ count: 2, people: [{ name: 'Ann' }] });
    ann.socket.close();
    second.socket.close();
    await first.next('presence', ({ left, count }) => left.length === 1 && count === 1);
  });

  it('tells a small room who types', async () => {
    server = await startChat();
    const guest = await server.enter();
    const ann = await server.enter({ token: (await server.person('Ann')).token });
    ann.send({ type: 'typing' });
    expect(await guest.next('typing')).toEqual({ type: 'typing', people: ['Ann'] });
    expect(await guest.next('typing')).toEqual({ type: 'typing', people: [] });
  });
});

describe('those who come while much is said', () => {
  it('find no gap and no repetition between the history and what follows', async () => {
    server = await startChat();
    const speakers = await Promise.all(
      ['Ann', 'Ben', 'Cleo'].map(async (name) =>
        server.enter({ token: (await server.person(name, 'moderator')).token }),
      ),
    );
    const talking = Promise.all(
      speakers.map(async (speaker) => {
        for (let n = 0; n < 50; n++) await speaker.say(`line ${n}`);
      }),
    );
    const comers = await Promise.all(Array.from({ length: 40 }, () => server.enter()));
    await talking;
    const all = (client: (typeof comers)[number]) => [
      ...client.welcome.history.map(({ offset }) => offset),
      ...client.heard.flatMap((one) =>
        one.type === 'messages' ? one.items.map(({ offset }) => offset) : [],
      ),
    ];
    for (const comer of comers) {
      await expect.poll(() => all(comer).at(-1)).toBe(150);
      const offsets = all(comer);
      const first = offsets[0] ?? 0;
      expect(offsets).toEqual(offsets.map((_, index) => first + index));
    }
  });
});

describe('a node that is told to stop', () => {
  it('closes its sockets with a code to come back', async () => {
    server = await startChat();
    const clients = await Promise.all(Array.from({ length: 100 }, () => server.enter()));
    const start = performance.now();
    await server.chat.stop();
    for (const client of clients) expect(await client.closed).toEqual({ code: CLOSE.goingAway });
    expect(performance.now() - start).toBeLessThan(5_000);
    await expect(server.connect().opened).rejects.toThrow('503');
  });
});
