import { describe, expect, it } from 'vitest';
import type { ServerMessageOf } from '../../platform/protocol/chat/server-messages.ts';
import type { ChatClient } from './support/chat-client.ts';
import type { ChatServer } from './support/chat-server.ts';
import { setStage } from './support/stage.ts';

let server: ChatServer;
let owner: ChatClient;
let mod: ChatClient;
let ann: ChatClient;
setStage((stage) => {
  ({ server, owner, mod, ann } = stage);
});
/** Does it, and gives the action that moderators were told of. */
const act = async (client: ChatClient, wish: { type: string; [field: string]: unknown }) => {
  const before = owner.heard.length;
  expect(await client.ask(wish)).toMatchObject({ type: 'done' });
  await owner.next('action');
  const actions = owner.heard.slice(before).filter((frame) => frame.type === 'action');
  return actions.at(-1) as ServerMessageOf<'action'>;
};
const undo = (client: ChatClient, action: { id: string }) =>
  client.ask({ type: 'undo', action: action.id });

describe('undo', () => {
  it('of a timeout and a ban lets them write again', async () => {
    const timeout = await act(mod, { type: 'timeout', user: 'ann', seconds: 60 });
    expect(timeout).toMatchObject({ undoable: true, action: 'timeout' });
    expect(await undo(mod, timeout)).toMatchObject({ type: 'done' });
    expect(await ann.ask({ type: 'send', text: 'hi' })).toMatchObject({ type: 'ack' });
    expect(await undo(mod, timeout)).toMatchObject({ code: 'not_undoable' });
    const ban = await act(mod, { type: 'ban', user: 'ann' });
    await undo(owner, ban);
    expect(await server.context.db.selectFrom('chat_sanctions').selectAll().execute()).toEqual([]);
  });

  it('of an older sanction leaves the newer one', async () => {
    const timeout = await act(mod, { type: 'timeout', user: 'ann', seconds: 60 });
    await act(mod, { type: 'ban', user: 'ann' });
    expect(await undo(mod, timeout)).toMatchObject({ code: 'changed_since' });
    const rows = await server.context.db.selectFrom('chat_sanctions').selectAll().execute();
    expect(rows).toMatchObject([{ kind: 'ban' }]);
  });

  it('of an unban bans again with the first reason, but nobody who rose since', async () => {
    await act(mod, { type: 'ban', user: 'ann', reason: 'spam' });
    const unban = await act(mod, { type: 'unban', user: 'ann' });
    await act(owner, { type: 'role', user: 'ann', role: 'moderator' });
    expect(await undo(mod, unban)).toMatchObject({ code: 'rank_too_high' });
    await act(owner, { type: 'role', user: 'ann', role: 'none' });
    expect(await undo(mod, unban)).toMatchObject({ type: 'done' });
    const rows = await server.context.db.selectFrom('chat_sanctions').selectAll().execute();
    expect(rows).toMatchObject([{ kind: 'ban', reason: 'spam' }]);
  });

  it('of a role gives the one before, unless it changed since; of moderators only the broadcaster', async () => {
    const vip = await act(mod, { type: 'role', user: 'ann', role: 'vip' });
    const made = await act(owner, { type: 'role', user: 'ann', role: 'moderator' });
    expect(await undo(mod, made)).toMatchObject({ code: 'not_allowed' });
    expect(await undo(owner, vip)).toMatchObject({ code: 'changed_since' });
    expect(await undo(owner, made)).toMatchObject({ type: 'done' });
    await ann.next('you', ({ roles }) => roles.includes('vip'));
    expect(await undo(mod, vip)).toMatchObject({ type: 'done' });
    await ann.next('you', ({ roles }) => !roles.includes('vip'));
  });

  it('of a mode restores what nobody changed since', async () => {
    const change = await act(mod, { type: 'mode', slow: 30, unique: true });
    await act(mod, { type: 'mode', slow: 60 });
    expect(await undo(mod, change)).toMatchObject({ type: 'done' });
    const { modes } = (await server.enter()).welcome;
    expect(modes).toMatchObject({ slow: 60, unique: false });
  });

  it('of a pin brings the one before back', async () => {
    const [one, two] = [await ann.say('one'), await ann.say('two')];
    await act(mod, { type: 'pin', message: one.message });
    const second = await act(mod, { type: 'pin', message: two.message });
    await undo(mod, second);
    expect((await server.enter()).welcome.pinned).toMatchObject({ text: 'one' });
  });

  it('is not for what cannot be undone', async () => {
    for (const wish of [{ type: 'clear' }, { type: 'announce', text: 'hear' }]) {
      const action = await act(mod, wish);
      expect(action.undoable).toBe(false);
      expect(await undo(mod, action)).toMatchObject({ code: 'not_undoable' });
    }
  });
});
