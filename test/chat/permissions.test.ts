import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { may, outranks, type Permission } from '../../chat/rules/permissions.ts';
import { ROLES, type Role } from '../../platform/protocol/chat/roles.ts';
import type { ChatClient } from './support/chat-client.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

/** The lowest that may, downwards from the broadcaster. */
const LOWEST: Record<Permission, Role> = {
  write: 'member',
  report: 'member',
  write_unmoderated: 'moderator',
  write_past_modes: 'vip',
  write_fast: 'moderator',
  delete: 'moderator',
  clear: 'moderator',
  timeout: 'moderator',
  ban: 'moderator',
  unban: 'moderator',
  mode: 'moderator',
  pin: 'moderator',
  announce: 'moderator',
  review: 'moderator',
  read_actions: 'moderator',
  undo: 'moderator',
  set_rules: 'moderator',
  set_emotes: 'broadcaster',
  appoint_vip: 'moderator',
  appoint_moderator: 'broadcaster',
};
const rows = Object.entries(LOWEST) as [Permission, Role][];
const isAtLeast = (role: Role, lowest: Role) => ROLES.indexOf(role) <= ROLES.indexOf(lowest);

describe('the table of permissions', () => {
  const cells = rows.flatMap(([permission, lowest]) =>
    ROLES.map((role) => [permission, role, isAtLeast(role, lowest)] as const),
  );
  it.each(cells)('%s, %s: %s', (permission, role, isAllowed) => {
    expect(may([role], permission)).toBe(isAllowed);
  });

  it('counts the best of several roles', () => {
    expect(may(['vip', 'follower', 'member'], 'write_past_modes')).toBe(true);
    expect(may(['follower', 'member'], 'write_past_modes')).toBe(false);
    expect(may([], 'write')).toBe(false);
  });
});

describe('ranks', () => {
  const pairs = ROLES.flatMap((actor) => ROLES.map((target) => [actor, target] as const));
  it.each(pairs)('%s over %s', (actor, target) => {
    expect(outranks([actor], [target])).toBe(ROLES.indexOf(actor) < ROLES.indexOf(target));
  });
});

describe('over the socket', () => {
  let server: ChatServer;
  let clients: Record<Role, ChatClient>;
  let victim: string;
  beforeAll(async () => {
    server = await startChat();
    const as = async (role?: 'broadcaster' | 'moderator' | 'vip') =>
      server.enter({ token: (await server.person(`the_${role ?? 'member'}`, role)).token });
    const fan = await server.person('the_fan');
    await server.context.accounts.follow(server.channel, fan.id);
    victim = (await server.person('victim')).name;
    clients = {
      broadcaster: await as('broadcaster'),
      moderator: await as('moderator'),
      vip: await as('vip'),
      follower: await server.enter({ token: fan.token }),
      member: await as(),
      guest: await server.enter(),
    };
  });
  afterAll(() => server.stop());

  const wishes: [Permission, () => { type: string; [field: string]: unknown }][] = [
    ['write', () => ({ type: 'send', text: `hello ${Math.random()}` })],
    ['report', () => ({ type: 'report', message: 'gone' })],
    ['delete', () => ({ type: 'delete', message: 'gone' })],
    ['clear', () => ({ type: 'clear' })],
    ['timeout', () => ({ type: 'timeout', user: victim, seconds: 1 })],
    ['ban', () => ({ type: 'ban', user: victim })],
    ['unban', () => ({ type: 'unban', user: victim })],
    ['mode', () => ({ type: 'mode', unique: false })],
    ['pin', () => ({ type: 'pin', message: null })],
    ['announce', () => ({ type: 'announce', text: 'listen' })],
    ['review', () => ({ type: 'review', held: 'gone', approve: true })],
    ['undo', () => ({ type: 'undo', action: 'gone' })],
    ['appoint_vip', () => ({ type: 'role', user: victim, role: 'vip' })],
    ['appoint_moderator', () => ({ type: 'role', user: victim, role: 'moderator' })],
  ];
  it.each(wishes)('%s is for those in the table alone', async (permission, wish) => {
    for (const role of [...ROLES].reverse()) {
      const answer = await clients[role].ask(wish());
      const code = answer.type === 'refused' ? answer.code : null;
      if (isAtLeast(role, LOWEST[permission])) {
        expect(code, role).not.toBe('not_allowed');
        expect(code, role).not.toBe('sign_in_needed');
      } else expect(code, role).toBe(role === 'guest' ? 'sign_in_needed' : 'not_allowed');
      if (answer.type === 'refused') expect(answer.reason).toMatch(/\.$/);
    }
    // For the next row.
    await clients.broadcaster.ask({ type: 'role', user: victim, role: 'none' });
  });
});
