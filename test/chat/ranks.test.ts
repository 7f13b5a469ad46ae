import { describe, expect, it } from 'vitest';
import type { ChatClient } from './support/chat-client.ts';
import type { ChatServer } from './support/chat-server.ts';
import { type Stage, setStage } from './support/stage.ts';

let server: ChatServer;
let owner: ChatClient;
let mod: ChatClient;
let ann: ChatClient;
let enter: Stage['enter'];
setStage((stage) => {
  ({ server, owner, mod, ann, enter } = stage);
});
const actions = () =>
  server.context.db.selectFrom('chat_actions').selectAll().orderBy('at').execute();

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
