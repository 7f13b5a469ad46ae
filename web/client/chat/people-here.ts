import { ROLES } from '../../../platform/protocol/chat/roles.ts';
import type {
  PersonHere,
  ServerMessageOf,
} from '../../../platform/protocol/chat/server-messages.ts';
import type { ChatState } from './chat-client.ts';

/** The server lists as many; `count` says the rest. */
const MOST_SHOWN = 200;

/** Moderators first, then by name. */
export function withChange(
  { people }: ChatState['presence'],
  { count, joined, left }: Pick<ServerMessageOf<'presence'>, 'count' | 'joined' | 'left'>,
): ChatState['presence'] {
  if (joined.length === 0 && left.length === 0) return { count, people };
  const here = new Map(people.map((person) => [person.id, person]));
  for (const id of left) here.delete(id);
  for (const person of joined) here.set(person.id, person);
  const sorted = [...here.values()].sort(
    (a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1),
  );
  return { count, people: sorted.slice(0, MOST_SHOWN) };
}

const rankOf = ({ roles }: PersonHere): number =>
  Math.min(...roles.map((role) => ROLES.indexOf(role)), ROLES.length);
