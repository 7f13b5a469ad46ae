import type { ClientMessage } from './client-messages.ts';
import type { Role } from './roles.ts';

/**
 * What can be typed into the box instead of pressing a button. The page completes it, the server
 * runs it, so it works over every transport.
 */
export interface SlashCommand {
  name: string;
  /** After the name: `USER [REASON]`. */
  usage: string;
  help: string;
  /** The lowest rank that may; the server's table of permissions decides. */
  from: Extract<Role, 'broadcaster' | 'moderator' | 'member'>;
  /** Null: the arguments are not as `usage` says. */
  parse(rest: string): SlashWish | null;
}

/** `me` is a way to send. */
export type SlashWish =
  | Exclude<ClientMessage, { type: 'hello' | 'typing' | 'send' | 'whisper' }>
  | { type: 'whisper'; user: string; text: string }
  | { type: 'me'; text: string };

const MAX_SECONDS = 1_209_600;
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** `90`, `10m`, `1h`: seconds; null: no such length. */
export function parseSeconds(text: string): number | null {
  const [, digits, unit] = /^(\d{1,7})([smhdw]?)$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNITS[unit || 's'] ?? Number.NaN);
  return Number.isSafeInteger(seconds) ? seconds : null;
}

/** The first word, and what comes after it. `@` before a name is dropped. */
function firstWord(rest: string): [string, string] {
  const [, word = '', after = ''] = /^@?(\S*)\s*(.*)$/su.exec(rest.trim()) ?? [];
  return [word, after.trim()];
}

const withUser = (make: (user: string, reason: string | undefined) => SlashWish | null) => {
  return (rest: string): SlashWish | null => {
    const [user, after] = firstWord(rest);
    return user === '' ? null : make(user, after === '' ? undefined : after);
  };
};
const optional = (reason: string | undefined) => (reason === undefined ? {} : { reason });
const alone =
  (wish: SlashWish) =>
  (rest: string): SlashWish | null =>
    rest.trim() === '' ? wish : null;
const withText =
  (make: (text: string) => SlashWish) =>
  (rest: string): SlashWish | null =>
    rest.trim() === '' ? null : make(rest.trim());

function timeout(rest: string): SlashWish | null {
  const [user, after] = firstWord(rest);
  if (user === '') return null;
  const [first, reason] = firstWord(after);
  const seconds = first === '' ? 600 : parseSeconds(first);
  if (seconds === null || seconds < 1 || seconds > MAX_SECONDS) return null;
  return { type: 'timeout', user, seconds, ...(reason !== '' && { reason }) };
}

/** `off`, or a number in `unit` seconds; nothing: `preset`. */
function amount(rest: string, options: { preset: number; unit: number; most: number }) {
  const text = rest.trim();
  if (text === '') return options.preset;
  const seconds = parseSeconds(/^\d+$/.test(text) ? String(Number(text) * options.unit) : text);
  if (seconds === null) return null;
  const value = Math.ceil(seconds / options.unit);
  return value <= options.most ? value : null;
}
const slow = (rest: string): SlashWish | null => {
  if (rest.trim() === 'off') return { type: 'mode', slow: 0 };
  const value = amount(rest, { preset: 30, unit: 1, most: 3_600 });
  return value === null ? null : { type: 'mode', slow: value };
};
const followers = (rest: string): SlashWish | null => {
  if (rest.trim() === 'off') return { type: 'mode', followersOnly: null };
  const value = amount(rest, { preset: 0, unit: 60, most: 129_600 });
  return value === null ? null : { type: 'mode', followersOnly: value };
};
const delay = (rest: string): SlashWish | null => {
  if (rest.trim() === 'off') return { type: 'mode', delay: 0 };
  const value = amount(rest, { preset: 4, unit: 1, most: 30 });
  return value === null ? null : { type: 'mode', delay: value };
};
const toggle =
  (mode: 'emoteOnly' | 'unique' | 'membersOnly' | 'shield') =>
  (rest: string): SlashWish | null => {
    const word = rest.trim();
    return word === '' || word === 'on' || word === 'off'
      ? { type: 'mode', [mode]: word !== 'off' }
      : null;
  };

const command = (
  name: string,
  from: SlashCommand['from'],
  [usage, help]: [string, string],
  parse: SlashCommand['parse'],
): SlashCommand => ({ name, usage, help, from, parse });

const whisper = (rest: string): SlashWish | null => {
  const [user, text] = firstWord(rest);
  return user === '' || text === '' ? null : { type: 'whisper', user, text };
};

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  command('me', 'member', ['TEXT', 'Say it as something you do'], (rest) =>
    withText((text) => ({ type: 'me', text }))(rest),
  ),
  command('whisper', 'member', ['USER TEXT', 'Write to one person only'], whisper),
  command(
    'block',
    'member',
    ['USER', 'Hide what this person writes'],
    withUser((user) => ({ type: 'block', user, blocked: true })),
  ),
  command(
    'unblock',
    'member',
    ['USER', 'Show it again'],
    withUser((user) => ({ type: 'block', user, blocked: false })),
  ),
  command('timeout', 'moderator', ['USER [SECONDS] [REASON]', 'Silence for a while'], timeout),
  command(
    'ban',
    'moderator',
    ['USER [REASON]', 'Keep out for good'],
    withUser((user, reason) => ({ type: 'ban', user, ...optional(reason) })),
  ),
  command(
    'unban',
    'moderator',
    ['USER [REASON]', 'Let in again, end a timeout'],
    withUser((user, reason) => ({ type: 'unban', user, ...optional(reason) })),
  ),
  command(
    'delete',
    'moderator',
    ['MESSAGE-ID', 'Delete a message'],
    withUser((message, reason) => ({ type: 'delete', message, ...optional(reason) })),
  ),
  command('clear', 'moderator', ['', 'Delete every message'], alone({ type: 'clear' })),
  command('slow', 'moderator', ['[SECONDS|off]', 'Time between two messages'], slow),
  command('followers', 'moderator', ['[MINUTES|off]', 'Only followers write'], followers),
  command('emoteonly', 'moderator', ['[on|off]', 'Only emotes'], toggle('emoteOnly')),
  command('unique', 'moderator', ['[on|off]', 'No message twice'], toggle('unique')),
  command('members', 'moderator', ['[on|off]', 'Only VIPs and above'], toggle('membersOnly')),
  command('delay', 'moderator', ['[SECONDS|off]', 'Moderators see messages first'], delay),
  command('shield', 'moderator', ['[on|off]', 'Everything strict at once'], toggle('shield')),
  command('announce', 'moderator', ['TEXT', 'A message that stands out'], (rest) =>
    withText((text) => ({ type: 'announce', text }))(rest),
  ),
  command(
    'vip',
    'moderator',
    ['USER', 'Make somebody a VIP'],
    withUser((user) => ({ type: 'role', user, role: 'vip' })),
  ),
  command(
    'unvip',
    'moderator',
    ['USER', 'Take it back'],
    withUser((user) => ({ type: 'role', user, role: 'none' })),
  ),
  command(
    'mod',
    'broadcaster',
    ['USER', 'Make somebody a moderator'],
    withUser((user) => ({ type: 'role', user, role: 'moderator' })),
  ),
  command(
    'unmod',
    'broadcaster',
    ['USER', 'Take it back'],
    withUser((user) => ({ type: 'role', user, role: 'none' })),
  ),
  command(
    'pin',
    'moderator',
    ['MESSAGE-ID', 'Keep a message above the others'],
    withUser((message) => ({ type: 'pin', message })),
  ),
  command('unpin', 'moderator', ['', 'Take it away'], alone({ type: 'pin', message: null })),
];

export const slashCommand = (name: string): SlashCommand | undefined =>
  SLASH_COMMANDS.find((one) => one.name === name.toLowerCase());

/** `/name rest`; null: an ordinary text (`//` at the start writes a slash). */
export function splitSlash(text: string): { name: string; rest: string } | null {
  const [, name, rest = ''] = /^\s*\/([a-z]+)(?:\s+(.*))?\s*$/isu.exec(text) ?? [];
  return name === undefined ? null : { name, rest };
}
