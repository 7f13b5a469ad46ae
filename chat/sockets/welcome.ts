import type { ServerMessageOf } from '../../platform/protocol/chat/server-messages.ts';
import type { Position } from '../log/broker.ts';
import type { Person } from '../rules/person.ts';
import type { Standing } from '../rules/rules.ts';
import type { History } from './history.ts';

/** What `welcome` and `you` say of the person they go to. */
export const youOf = ({ person, silencedUntil, blocked }: Standing) => ({
  ...facts(person),
  ...(silencedUntil !== undefined && { silencedUntil }),
  blocked,
});

const facts = ({ id, name, roles, color }: Person) => ({
  id,
  name,
  roles,
  ...(color !== null && { color }),
});

export interface WelcomeParts {
  standing: Standing;
  channel: string;
  opening: Pick<ServerMessageOf<'welcome'>, 'modes' | 'pinned' | 'held'>;
  history: History;
  resumed: boolean;
  position: Position;
  /** JSON, made once for many. */
  presence: string;
}

/** The frame's text. Put together of what is JSON already: messages are encoded once, ever. */
export function welcomeText(parts: WelcomeParts): string {
  const { opening, history, position } = parts;
  const fields: [string, string | undefined][] = [
    ['type', '"welcome"'],
    ['you', JSON.stringify(youOf(parts.standing))],
    ['channel', JSON.stringify(parts.channel)],
    ['modes', JSON.stringify(opening.modes)],
    ['pinned', JSON.stringify(opening.pinned)],
    ['resumed', String(parts.resumed)],
    ['history', `[${history.items.join(',')}]`],
    ['removed', history.removed.length > 0 ? JSON.stringify(history.removed) : undefined],
    ['presence', parts.presence],
    ['held', opening.held === undefined ? undefined : JSON.stringify(opening.held)],
    ['offset', String(position.offset)],
    ['epoch', JSON.stringify(position.epoch)],
  ];
  const given = fields.filter(([, value]) => value !== undefined);
  return `{${given.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}
