import { describe, expect, it } from 'vitest';
import type { ChatClient } from './support/chat-client.ts';
import type { ChatServer } from './support/chat-server.ts';
import { setStage } from './support/stage.ts';

let server: ChatServer;
let mod: ChatClient;
let ann: ChatClient;
setStage((stage) => {
  ({ server, mod, ann } = stage);
});
const actions = () =>
  server.context.db.selectFrom('chat_actions').selectAll().orderBy('at').execute();

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
