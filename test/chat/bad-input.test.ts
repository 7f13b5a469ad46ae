import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLOSE } from '../../platform/protocol/chat/close-codes.ts';
import type { ChatClient } from './support/chat-client.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';
import { RawClient, rawFrame } from './support/raw-client.ts';

let server: ChatServer;
let bystander: ChatClient;
let spoken = 0;
beforeAll(async () => {
  server = await startChat({
    times: { helloWithinMs: 400 },
    config: { publicUrl: 'https://chat.example' },
  });
  bystander = await server.enter({ token: (await server.person('Ann', 'moderator')).token });
});
afterAll(() => server.stop());
/** Whatever somebody did: the others talk on, and are answered at once. */
afterEach(async () => {
  const text = `still here ${spoken++}`;
  const start = performance.now();
  await bystander.say(text);
  await expect.poll(() => bystander.texts).toContain(text);
  expect(performance.now() - start).toBeLessThan(5_000);
});

const HELLO = rawFrame('{"type":"hello"}');

describe('the first frame', () => {
  it('has to come in time', async () => {
    expect(await server.connect().closed).toEqual({ code: CLOSE.noHello });
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', '[1]'],
    ['another message', '{"type":"send","id":"1","text":"x"}'],
  ])('that is %s closes the socket', async (_, frame) => {
    const client = server.connect();
    await client.opened;
    client.send(frame);
    expect(await client.closed).toEqual({ code: CLOSE.badMessage });
  });

  it('said twice closes the socket', async () => {
    const client = await server.enter();
    client.send({ type: 'hello' });
    expect(await client.closed).toEqual({ code: CLOSE.badMessage });
  });
});

describe('a token', () => {
  const closedWith = async (token: string) => {
    const client = server.connect();
    await client.opened;
    client.send({ type: 'hello', token });
    return (await client.closed).code;
  };

  it('that is forged is told apart from one that ran out', async () => {
    const { token, id } = await server.person('Ben');
    const [head, claims, signature = ''] = token.split('.');
    const forged = [head, claims, [...signature].reverse().join('')].join('.');
    expect(await closedWith(forged)).toBe(CLOSE.badToken);
    expect(await closedWith('x'.repeat(2_000))).toBe(CLOSE.badToken);
    const { sessions } = server.context;
    const expired = await sessions.issue({ userId: id, lifetimeMs: -60_000 });
    expect(await closedWith(expired.token)).toBe(CLOSE.tokenExpired);
  });

  it('that is revoked ends its sockets', async () => {
    const { token, id } = await server.person('Cleo');
    const client = await server.enter({ token });
    await server.context.sessions.revokeAll(id);
    expect(await client.closed).toEqual({ code: CLOSE.badToken });
  });
});

describe('an upgrade', () => {
  it.each([
    ['another site', 'https://evil.example', CLOSE.badOrigin],
    ['nowhere', 'null', CLOSE.badOrigin],
  ])('from a page of %s is closed', async (_, origin, code) => {
    expect(await server.connect('/chat/stage', { origin }).closed).toEqual({ code });
  });

  it('from a page of this site is welcome', async () => {
    const origins = ['https://chat.example', server.url];
    for (const origin of origins) {
      const client = server.connect('/chat/stage', { origin });
      await client.opened;
      client.send({ type: 'hello' });
      await client.next('welcome');
    }
  });

  it.each(['/chat/', '/chat/nobody', '/chat/a%2Fb', '/chat/stage/x', '/chat/%E0%A4%A'])(
    'to %s finds no channel',
    async (path) => {
      const client = server.connect(path);
      await client.opened;
      client.send({ type: 'hello' });
      expect(await client.closed).toEqual({ code: CLOSE.noChannel });
    },
  );

  it('that is not finished does not stay for ever, and disturbs nobody', async () => {
    const lorises = Array.from({ length: 50 }, () => connect(server.port, '127.0.0.1'));
    await Promise.all(lorises.map((loris) => once(loris, 'connect')));
    for (const loris of lorises) loris.write('GET /chat/stage HTTP/1.1\r\nUpgrade: webso');
    await bystander.say('among slow ones');
    const [first] = lorises;
    first?.resume();
    if (first !== undefined) await once(first, 'close');
    for (const loris of lorises) loris.destroy();
  });

  it('with a wrong key or version is refused', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'GET /chat/stage HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n',
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('frames', () => {
  it.each([
    ['too long', [rawFrame('x'.repeat(33 * 1024))], 1009],
    ['claiming to be huge', [rawFrame('x', { claims: 2 ** 40 })], 1009],
    ['not masked', [rawFrame('{}', { masked: false })], 1002],
    ['no UTF-8', [rawFrame(Buffer.from([0xff, 0xfe, 0xc0]))], 1007],
    ['of an unknown kind', [rawFrame('x', { opcode: 5 })], 1002],
    ['binary', [rawFrame('{"type":"typing"}', { opcode: 2 })], CLOSE.badMessage],
    ['a ping too long', [rawFrame('x'.repeat(126), { opcode: 9 })], 1002],
    ['continuing nothing', [rawFrame('x', { opcode: 0 })], 1002],
    [
      'in a thousand pieces',
      [
        rawFrame('{', { fin: false }),
        ...Array.from({ length: 1_000 }, () => rawFrame(' ', { opcode: 0, fin: false })),
      ],
      1008,
    ],
  ])('%s end that socket with the code for it', async (_, frames, code) => {
    const client = await RawClient.open(server.port);
    client.write(HELLO, ...frames);
    expect(await client.closed).toBe(code);
  });

  it('in a few pieces are one message', async () => {
    const client = await RawClient.open(server.port);
    client.write(rawFrame('{"type":', { fin: false }), rawFrame('"hello"}', { opcode: 0 }));
    const [answer] = await once(client.socket, 'data');
    expect(String(answer)).toContain('"welcome"');
    client.socket.destroy();
  });

  it.each([
    ['tiny messages', '{}', 1],
    ['pings', '', 9],
    ['pongs nobody asked for', '', 10],
  ])('by the million are closed as flooding: %s', async (_, payload, opcode) => {
    const client = await RawClient.open(server.port);
    client.write(HELLO);
    await once(client.socket, 'data');
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => rawFrame(payload, { opcode })));
    for (let sent = 0; sent < 100 && client.socket.writable; sent++) client.socket.write(many);
    const code = await client.closed;
    // The code may be lost with what was not read of the flood.
    expect([CLOSE.flooding, CLOSE.badMessage, null]).toContain(code);
  });
});

describe('messages of no meaning', () => {
  it.each([
    ['an unknown type', { type: 'dance', id: 'd' }, 'message_unknown'],
    ['a prototype', { type: '__proto__', id: 'd' }, 'message_unknown'],
    ['a missing field', { type: 'send', id: 'd' }, 'message_invalid'],
    [
      'a field of another kind',
      { type: 'timeout', id: 'd', user: 'x', seconds: '1' },
      'message_invalid',
    ],
    ['too long a text', { type: 'send', id: 'd', text: 'x'.repeat(9_000) }, 'message_invalid'],
    ['no text', { type: 'send', id: 'd', text: '' }, 'message_invalid'],
  ])('with %s are refused, with the id', async (_, message, code) => {
    bystander.send(message);
    expect(await bystander.next('refused')).toMatchObject({
      id: 'd',
      code,
      reason: expect.any(String),
    });
  });

  it('made at random do not disturb', async () => {
    const random = seeded(7);
    for (let round = 0; round < 40; round++) {
      const client = await server.enter({});
      for (let frame = 0; frame < 10; frame++) client.send(JSON.stringify(nonsense(random, 4)));
      await Promise.race([client.closed, client.next('refused')]);
      client.end();
    }
  });
});

describe('an id that was sent before', () => {
  it('is acked as the first time, and shown once', async () => {
    const { token } = await server.person('Dora');
    const first = await server.enter({ token });
    const ack = await first.say('only once', 'same-id');
    const second = await server.enter({ token });
    expect(await second.say('only once', 'same-id')).toEqual(ack);
    await bystander.say('after it');
    const shown = bystander.texts.filter((text) => text === 'only once');
    expect(shown).toHaveLength(1);
  });
});

describe('an address', () => {
  it('opens no more sockets than it may', async () => {
    const small = await startChat({ config: { chatMaxPerAddress: 3 } });
    const held = await Promise.all([small.enter(), small.enter(), small.enter()]);
    expect(await small.connect().closed).toEqual({ code: CLOSE.tooMany });
    held[0]?.end();
    await held[0]?.closed;
    await expect
      .poll(async () => {
        const client = small.connect();
        await client.opened;
        client.send({ type: 'hello' });
        return Promise.race([client.closed, client.next('welcome').then(({ type }) => type)]);
      })
      .toBe('welcome');
    await small.stop();
  });

  it('gets no socket where there is no more room', async () => {
    const full = await startChat({ mostSockets: 1 });
    await full.enter();
    await expect(full.connect().opened).rejects.toThrow('503');
    await full.stop();
  });
});

/** Numbers that look random and are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const TYPES = ['send', 'delete', 'mode', 'pin', 'typing', 'whisper', 'review', 'constructor'];
const KEYS = ['type', 'id', 'text', 'user', 'message', 'seconds', '__proto__', 'modes', ''];

function nonsense(random: () => number, depth: number): unknown {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const leaves = [null, true, -1, 1e308, '', '\u202e\u0000', 'x'.repeat(500), TYPES[0]];
  if (depth === 0 || random() < 0.2) return pick(leaves);
  if (random() < 0.2) return [nonsense(random, depth - 1), nonsense(random, depth - 1)];
  const entries = KEYS.filter(() => random() < 0.5).map((key) => [
    key,
    nonsense(random, depth - 1),
  ]);
  return { type: pick(TYPES), ...Object.fromEntries(entries) };
}
