import { beforeEach, describe, expect, it } from 'vitest';
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
const forgetSettings = () =>
  server.context.bus.publish('chat:settings-changed', { channelId: server.channel.id });
const addTerm = async (term: string) => {
  const row = { channel_id: server.channel.id, term, added_by: 'x', added_at: 0 };
  await server.context.db.insertInto('chat_terms').values(row).execute();
  forgetSettings();
};

describe('a held message', () => {
  beforeEach(() => addTerm('badword'));
  const hold = async (text = 'a badword', id = 'm') => {
    const answer = await ann.ask({ type: 'send', id, text });
    const { added } = await mod.next('queue', (queue) => queue.added.length > 0);
    return { answer, held: added[0]?.id };
  };

  it('is seen by moderators alone, at once and on return', async () => {
    const { answer, held } = await hold();
    expect(answer).toMatchObject({ type: 'held', reason: expect.stringContaining('badword') });
    expect(await ann.say('fine')).toBeDefined();
    expect(ann.texts).toEqual(['fine']);
    expect(ann.heard.filter(({ type }) => type === 'queue')).toEqual([]);
    const back = await enter('mod_max', 'moderator');
    expect(back.welcome.held).toMatchObject([{ id: held, text: 'a badword', rule: 'term' }]);
    expect((await enter('bob')).welcome.held).toBeUndefined();
  });

  it('when approved is shown to all, acked to its author, and shown once when sent again', async () => {
    const { held } = await hold();
    await mod.ask({ type: 'review', held, approve: true });
    await owner.next('queue', ({ removed }) => removed.includes(held ?? ''));
    const ack = await ann.next('ack', ({ id }) => id === 'm');
    expect(await ann.ask({ type: 'send', id: 'm', text: 'a badword' })).toEqual(ack);
    await server.context.db.deleteFrom('chat_terms').execute();
    forgetSettings();
    expect(await ann.ask({ type: 'send', id: 'm', text: 'a badword' })).toEqual(ack);
    const late = await server.enter();
    expect(late.welcome.history.map(({ text }) => text)).toEqual(['a badword']);
  });

  it('when denied is shown to nobody, also when it is sent again', async () => {
    const { held } = await hold();
    await mod.ask({ type: 'review', held, approve: false });
    await ann.next('refused', ({ id, code }) => id === 'm' && code === 'held_denied');
    const again = await ann.ask({ type: 'send', id: 'm', text: 'a badword' });
    expect(again).toMatchObject({ type: 'refused', code: 'held_denied' });
    expect((await server.enter()).welcome.history).toEqual([]);
    expect((await enter('mod_max', 'moderator')).welcome.held).toEqual([]);
  });

  it('is held once however often it is sent, with the longest of ids', async () => {
    const id = 'x'.repeat(64);
    const { held } = await hold('a badword', id);
    expect(await ann.ask({ type: 'send', id, text: 'a badword' })).toMatchObject({ type: 'held' });
    expect((await enter('mod_max', 'moderator')).welcome.held).toHaveLength(1);
    expect(await mod.ask({ type: 'review', held, approve: true })).toMatchObject({ type: 'done' });
  });

  it('is decided by the first moderator', async () => {
    const { held } = await hold();
    const answers = await Promise.all([
      mod.ask({ type: 'review', held, approve: true }),
      owner.ask({ type: 'review', held, approve: false }),
    ]);
    expect(answers.map(({ type }) => type).sort()).toEqual(['done', 'refused']);
  });
});

describe('a report', () => {
  it('waits for moderators, and to deny it deletes the message', async () => {
    const bob = await enter('bob');
    const { message } = await ann.say('nasty');
    await bob.ask({ type: 'report', message, reason: 'nasty' });
    const { added } = await mod.next('queue', (queue) => queue.added.length > 0);
    expect(added).toMatchObject([{ rule: 'report', reason: 'nasty', text: 'nasty' }]);
    await mod.ask({ type: 'review', held: added[0]?.id, approve: false });
    await bob.next('deleted', ({ messages }) => messages.includes(message));
    expect(await bob.ask({ type: 'report', message })).toMatchObject({ code: 'message_unknown' });
  });

  it('that is approved leaves the message, which may be reported again', async () => {
    const bob = await enter('bob');
    const { message } = await ann.say('fine');
    for (let time = 0; time < 2; time++) {
      await bob.ask({ type: 'report', message });
      const { added } = await mod.next('queue', (queue) => queue.added.length > 0);
      await mod.ask({ type: 'review', held: added[0]?.id, approve: true });
    }
    expect((await server.enter()).welcome.history).toHaveLength(1);
  });

  it('is gone from the queue when the message is deleted, and limited', async () => {
    const bob = await enter('bob');
    const { message } = await ann.say('nasty');
    await bob.ask({ type: 'report', message });
    await mod.ask({ type: 'delete', message });
    expect((await enter('mod_max', 'moderator')).welcome.held).toEqual([]);
    for (let time = 0; time < 4; time++) await bob.ask({ type: 'report', message: 'x' });
    const refused = await bob.ask({ type: 'report', message: 'x' });
    expect(refused).toMatchObject({ code: 'too_many_reports' });
  });
});
