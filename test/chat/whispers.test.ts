import { describe, expect, it } from 'vitest';
import type { ChatClient } from './support/chat-client.ts';
import type { ChatServer } from './support/chat-server.ts';
import { type Stage, setStage } from './support/stage.ts';

let server: ChatServer;
let mod: ChatClient;
let ann: ChatClient;
let enter: Stage['enter'];
setStage((stage) => {
  ({ server, mod, ann, enter } = stage);
});

describe('between two people', () => {
  it('whispers are off for strangers, on for those who were written to, and come to all tabs', async () => {
    const { token } = await server.person('bob');
    const [bob, tab] = [await server.enter({ token }), await server.enter({ token })];
    const toBob = { type: 'whisper', user: 'bob', text: 'psst' };
    expect(await ann.ask(toBob)).toMatchObject({ code: 'no_whispers' });
    const { db } = server.context;
    const ofAnn = { user_id: ann.welcome.you.id, whispers_from: 'everyone' as const };
    await db.insertInto('chat_preferences').values(ofAnn).execute();
    await bob.ask({ type: 'whisper', id: 'w', user: 'ann', text: 'hello ann' });
    const { id } = await ann.next('whisper', ({ text }) => text === 'hello ann');
    await tab.next('whisper', (one) => one.id === id);
    await bob.ask({ type: 'whisper', id: 'w', user: 'ann', text: 'hello ann' });
    expect((await ann.next('whisper')).id).toBe(id);
    expect(await ann.ask(toBob)).toMatchObject({ type: 'done' });
    await bob.next('whisper', ({ text, from }) => text === 'psst' && from.name === 'ann');
    expect(mod.heard.filter(({ type }) => type === 'whisper')).toEqual([]);
    expect(await db.selectFrom('chat_whispers').select('id').execute()).toHaveLength(2);
  });

  it('who is blocked cannot whisper, and whom one blocks is known on return', async () => {
    const bob = await enter('bob');
    await bob.ask({ type: 'whisper', user: 'mod_mia', text: 'x' });
    const { token, id } = await server.person('eve');
    const eve = await server.enter({ token });
    const ofEve = { user_id: id, whispers_from: 'everyone' as const };
    await server.context.db.insertInto('chat_preferences').values(ofEve).execute();
    const tab = await server.enter({ token });
    await eve.ask({ type: 'block', user: 'bob', blocked: true });
    await tab.next('you', ({ blocked }) => blocked?.[0] === bob.welcome.you.id);
    const refused = await bob.ask({ type: 'whisper', user: 'eve', text: 'x' });
    expect(refused).toMatchObject({ code: 'no_whispers' });
    expect((await server.enter({ token })).welcome.you.blocked).toEqual([bob.welcome.you.id]);
    await eve.ask({ type: 'block', user: 'bob', blocked: false });
    expect(await bob.ask({ type: 'whisper', user: 'eve', text: 'x' })).toMatchObject({
      type: 'done',
    });
    expect(await eve.ask({ type: 'block', user: 'eve', blocked: true })).toMatchObject({
      code: 'not_yourself',
    });
  });

  it('20 whispers in a minute', async () => {
    const { token, id } = await server.person('eve');
    await server.enter({ token });
    const ofEve = { user_id: id, whispers_from: 'everyone' as const };
    await server.context.db.insertInto('chat_preferences').values(ofEve).execute();
    const send = () => ann.ask({ type: 'whisper', user: 'eve', text: 'x' });
    for (let sent = 0; sent < 20; sent++) expect(await send()).toMatchObject({ type: 'done' });
    expect(await send()).toMatchObject({ code: 'too_many_whispers' });
  });
});
