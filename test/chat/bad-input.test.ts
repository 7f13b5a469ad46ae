import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientSchemas } from '../../platform/protocol/chat/client-messages.ts';
import { type ServerMessage, serverSchemas } from '../../platform/protocol/chat/server-messages.ts';
import type { ChatClient } from './support/chat-client.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

const XSS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "javascript:alert('x')",
  '<svg/onload=alert(1)>',
  '&lt;script&gt;&#x6a;avascript&colon;',
  '{{constructor.constructor("alert(1)")()}}',
  '#{7*7}`; DROP TABLE users; --',
  "' OR '1'='1",
  '\\u003cscript\\u003e',
  '</textarea><style>*{display:none}</style>',
  '[x](javascript:alert(1)) ![](data:text/html,x)',
  '__proto__',
  'constructor',
  '\u202e<b>\u2066',
  '%00%0d%0aSet-Cookie: x=1',
];
const ODD: unknown[] = [
  ...[null, true, -1, 0, 1.5, 1e308, '', [], {}, [[]], 'x'.repeat(20_000), '\u0000', '\ud800'],
  ...[{ toString: 'x' }, { __proto__: { admin: true } }, { length: -1 }, [null], '0', 'NaN'],
];

/** Pseudo-random, the same every time. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

let server: ChatServer;
let watcher: ChatClient;
beforeAll(async () => {
  server = await startChat();
  await server.person('target');
  watcher = await anotherOwner();
});
afterAll(() => server.stop());

const checked = (message: ServerMessage) => serverSchemas[message.type].parse(message);
const types = Object.keys(clientSchemas).filter((type) => type !== 'hello' && type !== 'typing');
const PLAIN: Record<string, unknown> = {
  ...{ text: 'x', message: 'm', user: 'target', seconds: 5, reason: 'r', role: 'vip' },
  ...{ held: 'h', approve: true, action: 'a', blocked: true, slow: 0, replyTo: 'm' },
};

let people = 0;
/** Somebody who may do everything, and has done nothing yet that counts. */
const anotherOwner = async () =>
  server.enter({ token: (await server.person(`owner_${++people}`, 'broadcaster')).token });

/** Sends all of it over as many sockets as it takes, and hears what each is answered. */
async function sendAll(wishes: object[]): Promise<ServerMessage[]> {
  const answers: ServerMessage[] = [];
  for (let from = 0; from < wishes.length; from += 40) {
    const client = await anotherOwner();
    for (const wish of wishes.slice(from, from + 40)) {
      const id = `n${Math.random()}`;
      if (!client.isOpen) break;
      answers.push(await client.ask({ type: 'send', ...wish, id }));
    }
    for (const message of client.heard) checked(message);
    client.end();
  }
  return answers;
}

describe('every field of every wish', () => {
  it('takes the XSS corpus as text', async () => {
    const wishes = types.flatMap((type) =>
      Object.entries(PLAIN).flatMap(([field, value]) =>
        typeof value === 'string'
          ? XSS.slice(0, 5).map((text) => ({ ...PLAIN, type, [field]: text }))
          : [],
      ),
    );
    const answers = await sendAll(wishes.filter((_, index) => index % 5 === index % 3));
    expect(answers.length).toBeGreaterThan(100);
    const codes = answers.map((answer) => (answer.type === 'refused' ? answer.code : answer.type));
    // So that it is the commands that are asked, and not the limits before them.
    expect(codes.filter((code) => code === 'too_many_commands')).toEqual([]);
    for (const answer of answers)
      if (answer.type === 'refused') expect(answer.code).not.toBe('internal');
  });

  it('refuses odd values with a sentence, and nothing breaks', async () => {
    const wishes = types.flatMap((type) =>
      Object.keys(PLAIN).map((field, index) => ({
        ...PLAIN,
        type,
        [field]: ODD[(index * 7 + type.length) % ODD.length],
      })),
    );
    for (const answer of await sendAll(wishes)) {
      if (answer.type !== 'refused') continue;
      expect(answer.code).not.toBe('internal');
      expect(answer.reason).toMatch(/[.:]/);
    }
  });

  it('says a text of the corpus to others as it was', async () => {
    const ann = await server.enter({ token: (await server.person('ann')).token });
    const told = await server.enter();
    for (const text of XSS) {
      await ann.say(text);
      const { items } = await told.next('messages');
      expect(items[0]?.text).toBe(text.replaceAll(/[\u202e\u2066]/g, ''));
    }
  });
});

describe('random frames', () => {
  it('close the socket that sent them or are refused; others notice nothing', async () => {
    const random = numbers(7);
    const next = () => random.next().value as number;
    const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
    const value = (depth: number): unknown => {
      if (depth === 0 || next() < 0.6) return pick([...ODD, ...XSS, ...types]);
      if (next() < 0.5) return Array.from({ length: 3 }, () => value(depth - 1));
      return Object.fromEntries(XSS.slice(0, 3).map((key) => [key, value(depth - 1)]));
    };
    for (let round = 0; round < 25; round++) {
      const client = await anotherOwner();
      for (let frame = 0; frame < 20 && client.isOpen; frame++) {
        const fields = ['type', ...Object.keys(PLAIN)].map((name) => [name, value(2)]);
        const wish = { ...Object.fromEntries(fields), ...(next() < 0.7 && { type: pick(types) }) };
        const text =
          next() < 0.1 ? pick(['{', '[]', 'null', '"', '\ufeff{}']) : JSON.stringify(wish);
        client.send(text);
      }
      const { code } = await Promise.race([
        client.closed,
        client.ask({ type: 'report', message: 'x' }).then(
          () => ({ code: 0 }),
          () => ({ code: -1 }),
        ),
      ]);
      expect([0, 4005, 4500, 1009]).toContain(code);
      for (const message of client.heard) {
        checked(message);
        expect(message).not.toMatchObject({ code: 'internal' });
      }
      client.end();
    }
    expect(await watcher.ask({ type: 'send', text: 'still here' })).toBeDefined();
    expect(watcher.isOpen).toBe(true);
  });
});
