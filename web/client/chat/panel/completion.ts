import type { Role } from '../../../../platform/protocol/chat/roles.ts';
import {
  SLASH_COMMANDS,
  type SlashCommand,
} from '../../../../platform/protocol/chat/slash-commands.ts';
import type { Emote, Emotes } from './emotes.ts';

export type Choice =
  | { kind: 'command'; insert: string; command: SlashCommand }
  | { kind: 'person'; insert: string; name: string }
  | { kind: 'emote'; insert: string; emote: Emote };

/** What could go in place of `text.slice(from, to)`. */
export interface Completion {
  from: number;
  to: number;
  choices: readonly Choice[];
}

export interface Known {
  roles: readonly Role[];
  emotes: Emotes;
  /** Newest writers first, then who is here. */
  names: readonly string[];
}

const MOST_CHOICES = 8;

/** What may be completed at the caret; null: nothing. */
export function completionAt(text: string, caret: number, known: Known): Completion | null {
  const before = text.slice(0, caret);
  const found = commandAt(before, known) ?? personAt(before, known) ?? emoteAt(before, known);
  return found === null || found.choices.length === 0 ? null : { ...found, to: caret };
}

type Found = Omit<Completion, 'to'> | null;

const commandsOf = (roles: readonly Role[]): SlashCommand[] =>
  SLASH_COMMANDS.filter(({ from }) => {
    if (from === 'member') return true;
    return roles.includes('broadcaster') || (from === 'moderator' && roles.includes('moderator'));
  });

function commandAt(before: string, { roles }: Known): Found {
  const [, typed] = /^\/([a-z]*)$/i.exec(before) ?? [];
  if (typed === undefined) return null;
  const choices = commandsOf(roles)
    .filter(({ name }) => name.startsWith(typed.toLowerCase()))
    .map((command) => ({ kind: 'command' as const, insert: `/${command.name} `, command }));
  return { from: 0, choices };
}

/** After `@`, and where a command wants somebody's name. */
function personAt(before: string, { names, roles }: Known): Found {
  const at = /(?:^|[^\p{L}\p{N}_@])@([a-z0-9_]*)$/iu.exec(before);
  const [, commandName, start = ''] = /^\/([a-z]+) +@?([a-z0-9_]*)$/i.exec(before) ?? [];
  const command = commandsOf(roles).find(({ name }) => name === commandName?.toLowerCase());
  const wanted = command?.usage.startsWith('USER') === true;
  if (at === null && !wanted) return null;
  const typed = (at?.[1] ?? start).toLowerCase();
  const sign = wanted ? '' : '@';
  const choices = matching(names, typed).map((name) => ({
    kind: 'person' as const,
    insert: `${sign}${name} `,
    name,
  }));
  const length = typed.length + (before.endsWith(`@${at?.[1] ?? start}`) ? 1 : 0);
  return { from: before.length - length, choices };
}

function emoteAt(before: string, { emotes }: Known): Found {
  const [, typed] = /(?:^|[^\p{L}\p{N}:]):([a-z0-9_+-]{1,32})$/iu.exec(before) ?? [];
  if (typed === undefined) return null;
  const choices = matching([...emotes.keys()], typed.toLowerCase()).flatMap((name) => {
    const emote = emotes.get(name);
    return emote === undefined ? [] : [{ kind: 'emote' as const, insert: `:${name}: `, emote }];
  });
  return { from: before.length - typed.length - 1, choices };
}

/** Those that begin with it, then those that have it inside. */
function matching(names: readonly string[], typed: string): string[] {
  const lower = (name: string) => name.toLowerCase();
  const begin = names.filter((name) => lower(name).startsWith(typed));
  if (typed === '') return begin.slice(0, MOST_CHOICES);
  const inside = names.filter((name) => lower(name).indexOf(typed) > 0);
  return [...begin, ...inside].slice(0, MOST_CHOICES);
}

/** The command being filled in, for its usage; null: none. */
export function commandTyped(text: string, roles: readonly Role[]): SlashCommand | null {
  const [, name] = /^\/([a-z]+)\s/i.exec(text) ?? [];
  return commandsOf(roles).find((command) => command.name === name?.toLowerCase()) ?? null;
}
