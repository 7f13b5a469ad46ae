import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parseSeconds,
  SLASH_COMMANDS,
  slashCommand,
  splitSlash,
} from '../../platform/protocol/chat/slash-commands.ts';
import type { ChatClient } from './support/chat-client.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

const parse = (text: string) => {
  const slash = splitSlash(text);
  return slash === null ? null : (slashCommand(slash.name)?.parse(slash.rest) ?? null);
};

describe('what is typed becomes', () => {
  it.each([
    ['/me waves', { type: 'me', text: 'waves' }],
    ['/whisper @Bob hi there', { type: 'whisper', user: 'Bob', text: 'hi there' }],
    ['/block bob', { type: 'block', user: 'bob', blocked: true }],
    ['/unblock bob', { type: 'block', user: 'bob', blocked: false }],
    ['/timeout bob', { type: 'timeout', user: 'bob', seconds: 600 }],
    [
      '/timeout bob 10m too loud',
      { type: 'timeout', user: 'bob', seconds: 600, reason: 'too loud' },
    ],
    ['/TIMEOUT @bob 30', { type: 'timeout', user: 'bob', seconds: 30 }],
    ['/ban bob spam', { type: 'ban', user: 'bob', reason: 'spam' }],
    ['/unban bob', { type: 'unban', user: 'bob' }],
    ['/delete abc rude', { type: 'delete', message: 'abc', reason: 'rude' }],
    ['/clear', { type: 'clear' }],
    ['/slow', { type: 'mode', slow: 30 }],
    ['/slow 2m', { type: 'mode', slow: 120 }],
    ['/slow off', { type: 'mode', slow: 0 }],
    ['/followers', { type: 'mode', followersOnly: 0 }],
    ['/followers 10', { type: 'mode', followersOnly: 10 }],
    ['/followers 1d', { type: 'mode', followersOnly: 1_440 }],
    ['/followers off', { type: 'mode', followersOnly: null }],
    ['/emoteonly', { type: 'mode', emoteOnly: true }],
    ['/unique off', { type: 'mode', unique: false }],
    ['/members on', { type: 'mode', membersOnly: true }],
    ['/delay 6', { type: 'mode', delay: 6 }],
    ['/delay off', { type: 'mode', delay: 0 }],
    ['/shield', { type: 'mode', shield: true }],
    ['/announce we begin', { type: 'announce', text: 'we begin' }],
    ['/vip bob', { type: 'role', user: 'bob', role: 'vip' }],
    ['/unvip bob', { type: 'role', user: 'bob', role: 'none' }],
    ['/mod bob', { type: 'role', user: 'bob', role: 'moderator' }],
    ['/unmod bob', { type: 'role', user: 'bob', role: 'none' }],
    ['/pin abc', { type: 'pin', message: 'abc' }],
    ['/unpin', { type: 'pin', message: null }],
  ])('%s', (text, wish) => {
    expect(parse(text)).toEqual(wish);
  });

  it.each([
    ...[
      '/timeout',
      '/timeout bob 0',
      '/timeout bob forever',
      '/timeout bob 15d',
      '/ban',
      '/clear x',
    ],
    ...['/slow 2h', '/slow never', '/followers 91d', '/delay 31', '/shield maybe', '/announce'],
    ...['/whisper bob', '/pin', '/unpin x', '/vip', '/nothing'],
  ])('nothing: %s', (text) => {
    expect(parse(text)).toBeNull();
  });

  it('text, where it is no command', () => {
    for (const text of ['hello /clear', '/', '//clear', '/etc/passwd', '/1', 'a/b'])
      expect(splitSlash(text)).toBeNull();
  });

  it('seconds of every unit', () => {
    expect(['90', '10m', '1h', '2d', '1w', '1y', '-1', '1.5', ''].map(parseSeconds)).toEqual([
      ...[90, 600, 3_600, 172_800, 604_800],
      ...[null, null, null, null],
    ]);
  });

  it('each command has a usage and a sentence, and is listed once', () => {
    const names = SLASH_COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { help } of SLASH_COMMANDS) expect(help).not.toBe('');
  });
});

describe('over the socket', () => {
  let server: ChatServer;
  let owner: ChatClient;
  let ann: ChatClient;
  beforeAll(async () => {
    server = await startChat();
    owner = await server.enter({ token: (await server.person('owner', 'broadcaster')).token });
    ann = await server.enter({ token: (await server.person('ann')).token });
    await server.person('bob');
  });
  afterAll(() => server.stop());
  const type = (client: ChatClient, text: string) => client.ask({ type: 'send', text });

  it('every one does what its button does', async () => {
    const { message } = await ann.say('a line');
    const lines = [
      ...['/slow 5', '/slow off', '/followers 5', '/followers off', '/emoteonly', '/emoteonly off'],
      ...['/unique', '/unique off', '/members', '/members off', '/delay 1', '/delay off'],
      ...['/shield', '/shield off', '/announce hear', `/pin ${message}`, '/unpin', '/vip bob'],
      ...['/unvip bob', '/mod bob', '/unmod bob', '/timeout bob 10 loud', '/unban bob', '/ban bob'],
      ...['/unban bob', `/delete ${message}`, '/clear', '/block bob', '/unblock bob'],
    ];
    for (const line of lines) expect(await type(owner, line), line).toMatchObject({ type: 'done' });
    const actions = await server.context.db.selectFrom('chat_actions').select('action').execute();
    expect(actions).toHaveLength(lines.length - 2);
  });

  it('/me is a message, // writes a slash', async () => {
    await type(ann, '/me waves');
    const { items } = await owner.next('messages', ({ items: [item] }) => item?.kind === 'me');
    expect(items[0]).toMatchObject({ text: 'waves' });
    await type(ann, '//clear is a command');
    await owner.next('messages', ({ items: [item] }) => item?.text === '/clear is a command');
  });

  it('says what is wrong', async () => {
    expect(await type(ann, '/nothing')).toMatchObject({ code: 'command_unknown' });
    const usage = await type(owner, '/timeout bob soon');
    expect(usage).toMatchObject({ code: 'command_invalid', reason: /\/timeout USER/ });
    expect(await type(ann, '/ban bob')).toMatchObject({ code: 'not_allowed' });
    expect(await type(owner, `/ban bob ${'x'.repeat(400)}`)).toMatchObject({
      code: 'command_invalid',
    });
    expect(await type(owner, `/ban ${'b'.repeat(70)}`)).toMatchObject({ code: 'command_invalid' });
  });
});
