import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatClient } from './support/chat-client.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

let server: ChatServer;
let owner: ChatClient;
let mod: ChatClient;
let ann: ChatClient;
beforeEach(async () => {
  server = await startChat();
  owner = await enter('owner', 'broadcaster');
  mod = await enter('mod_mia', 'moderator');
  ann = await enter('ann');
});
afterEach(() => server.stop());

const enter = async (name: string, role?: 'broadcaster' | 'moderator' | 'vip') =>
  server.enter({ token: (await server.person(name, role)).token });
const actions = () =>
  server.context.db.selectFrom('chat_actions').selectAll().orderBy('at').execute();

describe('modes', () => {
  it('slow: one message within its seconds, then told how long to wait', async () => {
    await mod.ask({ type: 'mode', slow: 30 });
    await ann.next('mode', ({ modes }) => modes.slow === 30);
    expect(await ann.ask({ type: 'send', text: 'one' })).toMatchObject({ type: 'ack' });
    const refused = await ann.ask({ type: 'send', text: 'two' });
    expect(refused).toMatchObject({ code: 'slow_mode', retryAfterMs: expect.any(Number) });
    expect(await mod.ask({ type: 'send', text: 'one' })).toMatchObject({ type: 'ack' });
    expect(await mod.ask({ type: 'send', text: 'two' })).toMatchObject({ type: 'ack' });
  });

  it('unique: nothing twice, and what was refused may be said later', async () => {
    await mod.ask({ type: 'mode', unique: true, slow: 1 });
    expect(await ann.ask({ type: 'send', text: 'Same' })).toMatchObject({ type: 'ack' });
    expect(await ann.ask({ type: 'send', text: 'other' })).toMatchObject({ code: 'slow_mode' });
    await mod.ask({ type: 'mode', slow: 0 });
    expect(await ann.ask({ type: 'send', text: 'other' })).toMatchObject({ type: 'ack' });
    expect(await ann.ask({ type: 'send', text: 's4me' })).toMatchObject({ code: 'not_unique' });
  });

  it('followers only: any, or those of some minutes', async () => {
    await mod.ask({ type: 'mode', followersOnly: 0 });
    const before = await ann.ask({ type: 'send', text: 'hi' });
    expect(before).toMatchObject({ code: 'followers_only' });
    const { accounts } = server.context;
    await accounts.follow(server.channel, ann.welcome.you.id);
    await ann.next('you', ({ roles }) => roles.includes('follower'));
    expect(await ann.ask({ type: 'send', text: 'hi' })).toMatchObject({ type: 'ack' });
    await mod.ask({ type: 'mode', followersOnly: 10 });
    const after = await ann.ask({ type: 'send', text: 'ho' });
    expect(after).toMatchObject({ code: 'followers_only', retryAfterMs: expect.any(Number) });
  });

  it('emote only: emoji and the names of emotes that there are', async () => {
    await mod.ask({ type: 'mode', emoteOnly: true });
    const say = (text: string) => ann.ask({ type: 'send', text });
    expect(await say('👨‍👩‍👧 :smile: :GG:')).toMatchObject({ type: 'ack' });
    expect(await say('words')).toMatchObject({ code: 'emote_only' });
    expect(await say(':no_such_emote:')).toMatchObject({ code: 'emote_only' });
    expect(await say('12')).toMatchObject({ code: 'emote_only' });
  });

  it('members only: VIPs and above', async () => {
    const vip = await enter('vip_vera', 'vip');
    await mod.ask({ type: 'mode', membersOnly: true });
    expect(await ann.ask({ type: 'send', text: 'hi' })).toMatchObject({ code: 'members_only' });
    expect(await vip.ask({ type: 'send', text: 'hi' })).toMatchObject({ type: 'ack' });
  });

  it('delay: moderators see messages first', async () => {
    await mod.ask({ type: 'mode', delay: 1 });
    const began = performance.now();
    const { message } = await ann.say('later');
    await mod.next('messages', ({ items }) => items.some(({ id }) => id === message));
    expect(ann.texts).not.toContain('later');
    await ann.next('messages', ({ items }) => items.some(({ id }) => id === message));
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  it('shield: strangers cannot write, and followers are slow and held', async () => {
    await mod.ask({ type: 'mode', shield: true });
    expect(await ann.ask({ type: 'send', text: 'hi' })).toMatchObject({ code: 'followers_only' });
    const { db } = server.context;
    const followed = { followed_at: Date.now() - 3_600_000, user_id: ann.welcome.you.id };
    await db
      .insertInto('follows')
      .values({ ...followed, channel_id: server.channel.id })
      .execute();
    await server.context.accounts.follow(server.channel, ann.welcome.you.id);
    const held = await ann.ask({ type: 'send', text: 'see example.com' });
    expect(held).toMatchObject({ type: 'held' });
    expect(await ann.ask({ type: 'send', text: 'hi' })).toMatchObject({ code: 'slow_mode' });
    expect(await mod.ask({ type: 'send', text: 'example.com' })).toMatchObject({ type: 'ack' });
  });

  it('are told to everybody and to those who come', async () => {
    await mod.ask({ type: 'mode', slow: 5, emoteOnly: true });
    await ann.next('mode', ({ modes }) => modes.slow === 5 && modes.emoteOnly);
    expect((await server.enter()).welcome.modes).toMatchObject({ slow: 5, emoteOnly: true });
  });
});

describe('limits', () => {
  it('20 messages in 30 seconds, whatever tab they come from', async () => {
    const { token } = await server.person('bob');
    const tabs = [await server.enter({ token }), await server.enter({ token })];
    for (let sent = 0; sent < 20; sent++) await tabs[sent % 2]?.say(`message ${sent}`);
    const refused = await tabs[0]?.ask({ type: 'send', text: 'one more' });
    expect(refused).toMatchObject({ code: 'too_many_messages', retryAfterMs: expect.any(Number) });
    expect(await ann.ask({ type: 'send', text: 'I still may' })).toMatchObject({ type: 'ack' });
  });

  it('100 for moderators', async () => {
    const { token } = await server.person('mod_max', 'moderator');
    // A socket takes 50 frames a second.
    const tabs = await Promise.all(Array.from({ length: 4 }, () => server.enter({ token })));
    for (let sent = 0; sent < 100; sent++) await tabs[sent % 4]?.say(`message ${sent}`);
    const refused = await tabs[0]?.ask({ type: 'send', text: 'one more' });
    expect(refused).toMatchObject({ code: 'too_many_messages' });
  });

  it('60 commands in 30 seconds', async () => {
    const { token } = await server.person('mod_max', 'moderator');
    const tabs = await Promise.all(Array.from({ length: 4 }, () => server.enter({ token })));
    const answers = [];
    for (let sent = 0; sent < 61; sent++)
      answers.push(await tabs[sent % 4]?.ask({ type: 'unban', user: 'ann' }));
    expect(answers.at(-2)).toMatchObject({ code: 'not_banned' });
    expect(answers.at(-1)).toMatchObject({ code: 'too_many_commands' });
  });
});

describe('a message that is sent again', () => {
  it('is acked as the same one, also when slow and unique would refuse a new one', async () => {
    await mod.ask({ type: 'mode', slow: 60, unique: true });
    const first = await ann.ask({ type: 'send', id: 'same', text: 'hello' });
    expect(await ann.ask({ type: 'send', id: 'same', text: 'hello' })).toEqual(first);
    const other = await server.enter({ token: (await server.person('zed')).token });
    await other.say('end');
    expect(other.texts.filter((text) => text === 'hello')).toHaveLength(0);
  });

  it('is acked as the same one after a timeout, a mode and a filter that came later', async () => {
    const first = await ann.ask({ type: 'send', id: 'same', text: 'HELLO HELLO HELLO' });
    await mod.ask({ type: 'mode', membersOnly: true, shield: true });
    expect(await ann.ask({ type: 'send', id: 'same', text: 'HELLO HELLO HELLO' })).toEqual(first);
    await mod.ask({ type: 'timeout', user: 'ann', seconds: 60 });
    expect(await ann.ask({ type: 'send', id: 'same', text: 'HELLO HELLO HELLO' })).toEqual(first);
    expect(await ann.ask({ type: 'send', text: 'new' })).toMatchObject({ code: 'timed_out' });
  });

  it('passes when it was refused before and may now', async () => {
    await mod.ask({ type: 'mode', membersOnly: true });
    expect(await ann.ask({ type: 'send', id: 'x', text: 'hi' })).toMatchObject({ type: 'refused' });
    await mod.ask({ type: 'mode', membersOnly: false, unique: true });
    expect(await ann.ask({ type: 'send', id: 'x', text: 'hi' })).toMatchObject({ type: 'ack' });
  });
});

describe('a command that is sent again', () => {
  it('is done once', async () => {
    await ann.say('old');
    const clear = { type: 'clear', id: 'c' };
    await mod.ask(clear);
    const { message } = await ann.say('new');
    expect(await mod.ask(clear)).toMatchObject({ type: 'done' });
    const late = await server.enter();
    expect(late.welcome.history.map(({ id }) => id)).toEqual([message]);
    await mod.ask({ type: 'ban', id: 'b', user: 'ann' });
    await mod.ask({ type: 'unban', id: 'u', user: 'ann' });
    expect(await mod.ask({ type: 'unban', id: 'u', user: 'ann' })).toMatchObject({ type: 'done' });
    expect(await mod.ask({ type: 'ban', id: 'b', user: 'ann' })).toMatchObject({ type: 'done' });
    expect((await actions()).map(({ action }) => action)).toEqual(['clear', 'ban', 'unban']);
    const back = await server.enter({ token: (await server.person('other')).token });
    expect(await back.ask({ type: 'block', user: 'ann', blocked: true })).toMatchObject({
      type: 'done',
    });
    const sanction = await server.context.db.selectFrom('chat_sanctions').selectAll().execute();
    expect(sanction).toEqual([]);
  });
});

describe('ranks', () => {
  it('nobody acts on their own rank, above it, or on themselves', async () => {
    await enter('mod_max', 'moderator');
    const codeOf = async (client: ChatClient, wish: { type: string; [field: string]: unknown }) => {
      const answer = await client.ask(wish);
      return answer.type === 'refused' ? answer.code : answer.type;
    };
    for (const type of ['ban', 'timeout']) {
      const seconds = 10;
      expect(await codeOf(mod, { type, seconds, user: 'mod_max' })).toBe('rank_too_high');
      expect(await codeOf(mod, { type, seconds, user: 'owner' })).toBe('rank_too_high');
      expect(await codeOf(mod, { type, seconds, user: 'mod_mia' })).toBe('not_yourself');
      expect(await codeOf(mod, { type, seconds, user: 'nobody_here' })).toBe('user_unknown');
      expect(await codeOf(owner, { type, seconds, user: 'owner' })).toBe('not_yourself');
    }
    expect(await codeOf(owner, { type: 'timeout', seconds: 10, user: 'mod_max' })).toBe('done');
    expect(await codeOf(mod, { type: 'role', user: 'owner', role: 'vip' })).toBe('rank_too_high');
  });

  it('a moderator deletes no message of somebody above, a broadcaster any', async () => {
    const { message: ofOwner } = await owner.say('mine');
    const { message: ofMod } = await mod.say('mine');
    expect(await mod.ask({ type: 'delete', message: ofOwner })).toMatchObject({
      code: 'rank_too_high',
    });
    expect(await owner.ask({ type: 'delete', message: ofMod })).toMatchObject({ type: 'done' });
  });

  it('a timed-out moderator does not moderate until it is over', async () => {
    await owner.ask({ type: 'timeout', user: 'mod_mia', seconds: 60 });
    expect(await mod.ask({ type: 'unban', user: 'mod_mia' })).toMatchObject({
      code: 'not_allowed',
    });
    expect(await mod.ask({ type: 'ban', user: 'ann' })).toMatchObject({ code: 'not_allowed' });
    await owner.ask({ type: 'unban', user: 'mod_mia' });
    expect(await mod.ask({ type: 'ban', user: 'ann' })).toMatchObject({ type: 'done' });
  });

  it('a timeout does not shorten a ban', async () => {
    await mod.ask({ type: 'ban', user: 'ann' });
    const answer = await mod.ask({ type: 'timeout', user: 'ann', seconds: 1 });
    expect(answer).toMatchObject({ code: 'already_banned' });
  });
});

describe('messages', () => {
  it('people take back their own, others do not', async () => {
    const bob = await enter('bob');
    const { message } = await ann.say('oops');
    expect(await bob.ask({ type: 'delete', message })).toMatchObject({ code: 'not_allowed' });
    expect(await ann.ask({ type: 'delete', message })).toMatchObject({ type: 'done' });
    await bob.next('deleted', ({ messages }) => messages.includes(message));
    expect(await ann.ask({ type: 'delete', message })).toMatchObject({ type: 'done' });
    expect(await mod.ask({ type: 'delete', message })).toMatchObject({ code: 'message_unknown' });
    expect(await actions()).toEqual([]);
  });

  it('what is deleted, or whose author is banned, is not pinned any more', async () => {
    const first = await ann.say('pin me');
    await mod.ask({ type: 'pin', message: first.message });
    await ann.next('pinned', (pinned) => pinned.message?.id === first.message);
    await mod.ask({ type: 'delete', message: first.message });
    await ann.next('pinned', (pinned) => pinned.message === null);
    const second = await ann.say('pin me too');
    await mod.ask({ type: 'pin', message: second.message });
    await mod.ask({ type: 'timeout', user: 'ann', seconds: 5 });
    expect((await server.enter()).welcome.pinned).toBeNull();
  });

  it('an announcement stands out, and a reply quotes what it answers', async () => {
    await mod.ask({ type: 'announce', text: 'Listen' });
    await ann.next('messages', ({ items }) => items.some((item) => item.kind === 'announce'));
    const { message } = await ann.say('a question @mod_mia');
    const reply = await mod.ask({ type: 'send', text: 'an answer', replyTo: message });
    const { items } = await ann.next('messages', ({ items: [item] }) => item?.text === 'an answer');
    expect(reply).toMatchObject({ type: 'ack' });
    expect(items[0]?.replyTo).toEqual({
      id: message,
      name: expect.stringMatching(/ann/i),
      text: 'a question @mod_mia',
    });
  });
});

describe('the log of moderators', () => {
  it('has every action with actor, target and reason, and tells moderators as it happens', async () => {
    const { message } = await ann.say('bad');
    await mod.ask({ type: 'delete', message, reason: 'rude' });
    await mod.ask({ type: 'timeout', user: 'ann', seconds: 60, reason: 'still \u202erude' });
    await mod.ask({ type: 'unban', user: 'ann' });
    await mod.ask({ type: 'mode', slow: 3 });
    await mod.ask({ type: 'pin', message: (await mod.say('pin')).message });
    await mod.ask({ type: 'announce', text: 'hear' });
    await mod.ask({ type: 'clear' });
    await owner.ask({ type: 'role', user: 'ann', role: 'moderator' });
    const { id: actor } = mod.welcome.you;
    const { id: target } = ann.welcome.you;
    const rows = await actions();
    expect(rows.map(({ action }) => action).sort()).toEqual(
      ['delete', 'timeout', 'unban', 'mode', 'pin', 'announce', 'clear', 'role'].sort(),
    );
    const row = (action: string) => rows.find((one) => one.action === action);
    expect(row('delete')).toMatchObject({ actor_id: actor, target_id: target, reason: 'rude' });
    expect(row('timeout')).toMatchObject({ target_id: target, reason: 'still rude' });
    expect(row('mode')).toMatchObject({ target_id: null, detail: expect.stringContaining('slow') });
    const told = owner.heard.filter((frame) => frame.type === 'action');
    expect(told).toHaveLength(rows.length);
    expect(ann.heard.filter((frame) => frame.type === 'action')).toEqual([]);
  });
});
