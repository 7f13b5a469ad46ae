import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messagesAnswerSchema } from '../../platform/protocol/chat/messages-answer.ts';
import type { ChatClient } from './support/chat-client.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

let server: ChatServer;
let ann: ChatClient;
let token: string;
let url: string;
beforeEach(async () => {
  server = await startChat();
  url = `${server.url}/api/v1/channels/stage/messages`;
  ({ token } = await server.person('Ann'));
  ann = await server.enter({ token });
});
afterEach(() => server.stop());

/** Every answer is as it is described. */
const get = async (query = '') =>
  messagesAnswerSchema.parse(await (await fetch(url + query)).json());
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('short polling', () => {
  it('gives the newest messages, then exactly what came after', async () => {
    await ann.say('one');
    const first = await get();
    expect(first).toMatchObject({ items: [{ text: 'one' }], you: { roles: ['guest'] } });
    await ann.say('two');
    const next = await get(`?after=${first.offset}&epoch=${first.epoch}`);
    expect(next.items).toEqual([expect.objectContaining({ text: 'two' })]);
    expect(await get(`?after=${next.offset}`)).toMatchObject({ items: [], offset: next.offset });
  });

  it('says when the log is another one, and begins afresh', async () => {
    await ann.say('one');
    expect(await get('?after=0&epoch=another')).toMatchObject({
      resumed: false,
      items: [{ text: 'one' }],
    });
  });

  it('tells what was deleted', async () => {
    const moderator = await server.person('Mia', 'moderator');
    const mod = await server.enter({ token: moderator.token });
    const { message, offset } = await ann.say('bad');
    mod.send({ type: 'delete', id: 'd', message });
    await mod.next('done');
    expect(await get(`?after=${offset}`)).toMatchObject({
      events: [{ type: 'deleted', messages: [message] }],
    });
    expect((await get()).items).toEqual([]);
  });

  it('goes back page by page', async () => {
    const acks = [await ann.say('one'), await ann.say('two'), await ann.say('three')];
    const page = await get(`?before=${acks[2]?.offset}`);
    expect(page).toMatchObject({ resumed: true });
    expect(page.items.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it.each(['?after=-1', '?after=x', '?wait=26', '?before=1.5'])('refuses %s', async (query) => {
    expect((await fetch(url + query)).status).toBe(400);
  });

  it('of a channel that is not there is 404', async () => {
    expect((await fetch(`${server.url}/api/v1/channels/nobody/messages`)).status).toBe(404);
  });
});

describe('long polling', () => {
  it('answers as soon as something is said', async () => {
    const { offset } = await ann.say('one');
    const waiting = [get(`?after=${offset}&wait=20`), get(`?after=${offset}&wait=20`)];
    await ann.say('two');
    for (const answer of await Promise.all(waiting))
      expect(answer.items).toEqual([expect.objectContaining({ text: 'two' })]);
  });

  it('answers with nothing when its time is over', async () => {
    const { offset } = await ann.say('one');
    expect(await get(`?after=${offset}&wait=0.05`)).toMatchObject({ items: [], offset });
  });
});

describe('event stream', () => {
  it('gives messages with the offset as id, and goes on after the last one', async () => {
    const { offset } = await ann.say('one');
    const stop = new AbortController();
    const answer = await fetch(url, {
      headers: { accept: 'text/event-stream', 'last-event-id': String(offset) },
      signal: stop.signal,
    });
    await ann.say('two');
    let text = '';
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('event: messages')) break;
    }
    stop.abort();
    expect(text).toContain('event: welcome\n');
    expect(text).not.toContain('"text":"one"');
    expect(text).toMatch(new RegExp(`event: messages\nid: ${offset + 1}\ndata: .*"text":"two"`));
  });
});

describe('POST', () => {
  it('sends, is acked, and is shown once however often it is sent', async () => {
    const first = await post({ id: 'a', text: 'by post' });
    expect(first.status).toBe(200);
    const ack = await first.json();
    expect(ack).toMatchObject({ type: 'ack', id: 'a' });
    expect(await (await post({ id: 'a', text: 'by post' })).json()).toEqual(ack);
    await ann.say('after');
    expect(ann.texts).toEqual(['by post', 'after']);
  });

  it('of a guest is refused', async () => {
    const answer = await post({ id: 'a', text: 'x' }, { authorization: '' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.json()).toMatchObject({ type: 'refused', reason: expect.any(String) });
  });

  it('takes other wishes, and refuses those that may not', async () => {
    const answer = await post({ type: 'timeout', id: 't', user: 'ann', seconds: 5 });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ type: 'refused', id: 't' });
  });

  it.each([
    ['no JSON', '{"id"', 400],
    ['no message', '[1,2]', 400],
    ['no text', { id: 'a' }, 400],
    ['too long a body', { id: 'a', text: 'x'.repeat(40_000) }, 413],
    ['hello', { type: 'hello' }, 400],
  ])('of %s is refused', async (_, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ type: 'refused', code: expect.any(String) });
  });

  it('with a forged token is 401', async () => {
    expect((await post({ id: 'a', text: 'x' }, { authorization: 'Bearer forged' })).status).toBe(
      401,
    );
  });
});
