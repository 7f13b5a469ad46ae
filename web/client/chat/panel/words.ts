import type { Modes } from '../../../../platform/protocol/chat/modes.ts';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** `21:04`, in the viewer's time. */
export const clockTime = (at: number): string => clock.format(at);
export const dayAndTime = (at: number): string => day.format(at);
export const dayOnly = (at: number): string => date.format(at);

const UNITS: [seconds: number, one: string][] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `10 minutes`, `1 day`: in the largest unit that comes out even. */
export function duration(seconds: number): string {
  const [unit, word] = UNITS.find(([size]) => seconds >= size && seconds % size === 0) ?? [
    1,
    'second',
  ];
  const count = seconds / unit;
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `0:07`, `12:40`, `3:00:00`; what is begun counts. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  const rest = two(seconds % 60);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${two(minutes)}:${rest}`;
}

/** A sentence for each mode that is on. */
export function modeSentences(modes: Modes): string[] {
  const { slow, followersOnly, delay } = modes;
  const followed = followersOnly === null ? '' : duration(followersOnly * 60);
  const sentences: [boolean, string][] = [
    [modes.shield, 'Shield mode: everything is strict for now'],
    [slow > 0, `Slow mode: one message every ${duration(slow)}`],
    [followersOnly === 0, 'Followers only'],
    [(followersOnly ?? 0) > 0, `Followers only: after ${followed}`],
    [modes.membersOnly, 'VIPs and moderators only'],
    [modes.emoteOnly, 'Emotes only'],
    [modes.unique, 'No message twice'],
    [delay > 0, `Messages wait ${duration(delay)}`],
  ];
  return sentences.filter(([on]) => on).map(([, sentence]) => sentence);
}

/** `ada is typing`, `ada and bo are typing`, `Several people are typing`. */
export function typingSentence(names: readonly string[]): string {
  const [first, second] = names;
  if (first === undefined) return '';
  if (second === undefined) return `${first} is typing`;
  return names.length === 2 ? `${first} and ${second} are typing` : 'Several people are typing';
}

/** A moderator's action in words: `timed out ada`. `action` is what the server calls it. */
export function actionWords(action: string, target: string | null): string {
  const who = target ?? 'somebody';
  const words: Record<string, string> = {
    delete: `deleted a message${target === null ? '' : ` of ${target}`}`,
    clear: 'cleared the chat',
    timeout: `timed out ${who}`,
    ban: `banned ${who}`,
    unban: `let ${who} in again`,
    role: `changed the role of ${who}`,
    mode: 'changed how chat is held',
    pin: 'changed the pinned message',
    announce: 'announced something',
    approve: `approved a message${target === null ? '' : ` of ${target}`}`,
    deny: `turned down a message${target === null ? '' : ` of ${target}`}`,
    undo: 'took an action back',
  };
  return words[action] ?? `${action.replaceAll('_', ' ')}${target === null ? '' : ` ${target}`}`;
}
