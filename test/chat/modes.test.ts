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
