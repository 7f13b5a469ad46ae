import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userCardSchema } from '../../platform/protocol/chat/api.ts';
import type { ChatClient } from './support/chat-client.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

let server: ChatServer;
let tokens: Record<'owner' | 'mod' | 'ann', string>;
let mod: ChatClient;
let ann: ChatClient;
beforeEach(async () => {
  server = await startChat();
  tokens = {
    owner: (await server.person('owner', 'broadcaster')).token,
    mod: (await server.person('mod_mia', 'moderator')).token,
    ann: (await server.person('ann')).token,
  };
  mod = await server.enter({ token: tokens.mod });
  ann = await server.enter({ token: tokens.ann });
});
afterEach(() => server.stop());

interface Asked {
  as?: keyof typeof tokens;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}
async function ask(path: string, { as, method = 'GET', body, headers = {} }: Asked = {}) {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      ...(as !== undefined && { authorization: `Bearer ${tokens[as]}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}
const channel = (path: string) => `/channels/stage/chat${path}`;

describe('the card of somebody', () => {
  it('shows guests what everybody sees', async () => {
    const { message } = await ann.say('gone');
    await ann.say('kept');
    await mod.ask({ type: 'delete', message, reason: 'rude' });
    await mod.ask({ type: 'timeout', user: 'mod_mia', seconds: 1 });
    await server.context.accounts.follow(server.channel, ann.welcome.you.id);
    const { status, body } = await ask(channel('/people/Ann'));
    expect(status).toBe(200);
    expect(userCardSchema.parse(body)).toMatchObject({
      name: 'ann',
      roles: ['follower', 'member'],
      followedAt: expect.any(Number),
      createdAt: expect.any(Number),
      messages: [{ text: 'kept' }],
    });
    expect(body.actions).toBeUndefined();
  });

  it('shows moderators the deleted messages and what was done', async () => {
    const { message } = await ann.say('gone');
    await mod.ask({ type: 'delete', message, reason: 'rude' });
    await mod.ask({ type: 'timeout', user: 'ann', seconds: 60 });
    const { body } = await ask(channel(`/people/${ann.welcome.you.id}`), { as: 'mod' });
    expect(body.messages).toMatchObject([{ text: 'gone', deleted: true }]);
    expect(body.silencedUntil).toBeGreaterThan(Date.now());
    expect(body.actions.map(({ action }: { action: string }) => action)).toEqual([
      'timeout',
      'delete',
    ]);
    expect(body.actions[1]).toMatchObject({ reason: 'rude', actor: { name: 'mod_mia' } });
    const guest = await ask(channel('/people/ann'));
    expect(guest.body.silencedUntil).toBeUndefined();
    expect((await ask(channel('/people/ann'), { as: 'ann' })).body.silencedUntil).toBeDefined();
  });

  it('of nobody, and in no channel, is 404', async () => {
    expect((await ask(channel('/people/nobody_here'))).status).toBe(404);
    expect((await ask('/channels/nowhere/chat/people/ann')).status).toBe(404);
  });
});

describe('the log of moderators', () => {
  it('is for moderators, newest first, page by page', async () => {
    // By two ways: on a fast machine one socket would be closed for flooding.
    for (let slow = 1; slow <= 55; slow++) {
      if (slow % 2 === 0) await mod.ask({ type: 'mode', slow });
      else
        await ask('/channels/stage/messages', {
          as: 'mod',
          method: 'POST',
          body: { type: 'mode', slow, id: `mode-${slow}` },
        });
    }
    const first = (await ask(channel('/actions'), { as: 'mod' })).body.actions;
    expect(first).toHaveLength(50);
    expect(first[0]).toMatchObject({ action: 'mode', detail: { after: { slow: 55 } } });
    const next = (await ask(channel(`/actions?before=${first[49].id}`), { as: 'mod' })).body;
    expect(next.actions.map((one: { detail: { after: object } }) => one.detail.after)).toEqual(
      [5, 4, 3, 2, 1].map((slow) => ({ slow })),
    );
    expect((await ask(channel('/actions'), { as: 'ann' })).status).toBe(403);
    expect((await ask(channel('/actions'))).status).toBe(401);
  });
});

describe('filters and terms', () => {
  it('are set by moderators, count at once, are logged and undone', async () => {
    const put = (body: unknown, as: keyof typeof tokens = 'mod') =>
      ask(channel('/filters'), { as, method: 'PUT', body });
    expect((await put({ links: 'vips' })).body).toEqual({
      links: 'vips',
      caps: false,
      repetition: false,
    });
    const link = () => ann.ask({ type: 'send', text: 'see example.com' });
    expect(await link()).toMatchObject({ type: 'held' });
    const { actions } = (await ask(channel('/actions'), { as: 'mod' })).body;
    expect(actions[0]).toMatchObject({ action: 'filters', undoable: true });
    await mod.ask({ type: 'undo', action: actions[0].id });
    expect(await link()).toMatchObject({ type: 'ack' });
    expect((await put({ links: 'nobody' })).status).toBe(400);
    expect((await put({ caps: true }, 'ann')).status).toBe(403);
  });

  it('terms are added, listed, removed, and undone', async () => {
    const terms = channel('/terms');
    const post = (term: string) => ask(terms, { as: 'mod', method: 'POST', body: { term } });
    expect((await post('  BadWord ')).body).toEqual({ terms: ['badword'] });
    expect((await post('badword')).body).toEqual({ terms: ['badword'] });
    expect((await post('*')).status).toBe(400);
    const say = () => ann.ask({ type: 'send', text: 'you b4dword' });
    expect(await say()).toMatchObject({ type: 'held' });
    const removed = await ask(`${terms}/badword`, { as: 'mod', method: 'DELETE' });
    expect(removed.body).toEqual({ terms: [] });
    expect(await say()).toMatchObject({ type: 'ack' });
    const { actions } = (await ask(channel('/actions'), { as: 'mod' })).body;
    expect(actions.map(({ action }: { action: string }) => action)).toEqual([
      'term_remove',
      'term_add',
    ]);
    await mod.ask({ type: 'undo', action: actions[0].id });
    expect((await ask(terms, { as: 'owner' })).body).toEqual({ terms: ['badword'] });
    expect((await ask(terms, { as: 'ann' })).status).toBe(403);
  });
});

describe('requests', () => {
  it('of who is banned are refused', async () => {
    await mod.ask({ type: 'ban', user: 'ann' });
    expect((await ask(channel('/people/ann'), { as: 'ann' })).status).toBe(403);
  });

  it('by cookie are written for pages of this site alone', async () => {
    const headers = { cookie: `footlight_session=${tokens.mod}`, origin: 'https://evil.example' };
    const answer = await ask(channel('/filters'), { method: 'PUT', body: { caps: true }, headers });
    expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_request' } });
  });

  it('with another method, and too many of one person, are refused with a sentence', async () => {
    const wrong = await ask(channel('/actions'), { as: 'mod', method: 'DELETE' });
    expect(wrong).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    const put = () => ask('/me/whispers', { as: 'ann', method: 'PUT', body: { from: 'nobody' } });
    for (let n = 0; n < 30; n++) expect((await put()).status).toBe(200);
    expect(await put()).toMatchObject({ status: 429, body: { code: 'requests_too_many' } });
  });

  it('set who may whisper', async () => {
    const path = '/me/whispers';
    expect((await ask(path)).status).toBe(401);
    expect((await ask(path, { as: 'ann' })).body).toEqual({ from: 'answered' });
    const whisper = () => mod.ask({ type: 'whisper', user: 'ann', text: 'psst' });
    expect(await whisper()).toMatchObject({ code: 'no_whispers' });
    await ask(path, { as: 'ann', method: 'PUT', body: { from: 'everyone' } });
    expect(await whisper()).toMatchObject({ type: 'done' });
    const wrong = await ask(path, { as: 'ann', method: 'PUT', body: { from: 'all' } });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'body_invalid' } });
  });
});
