import type { BusFacts } from '../../platform/bus.ts';
import type { ChatParts } from '../chat-parts.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Connection } from './connection.ts';
import { isStaff } from './entering.ts';
import type { PeopleIndex } from './people-index.ts';
import type { PresenceTeller } from './presence-teller.ts';
import { refusedBy } from './refused.ts';

interface WatchParts extends Pick<ChatParts, 'rules' | 'log'> {
  people: PeopleIndex;
  presence: PresenceTeller;
}

/** Asks the rules anew who somebody is, and lets it count for all their connections. */
export async function readmit(
  parts: WatchParts,
  changed: BusFacts['chat:standing-changed'],
): Promise<void> {
  const connections = parts.people.of(changed.userId, changed.channel);
  await Promise.all(
    connections.map(async (connection) => {
      try {
        await readmitOne(parts, connection, changed.channel === null);
      } catch (error) {
        refuse(parts, connection, error);
      }
    }),
  );
}

async function readmitOne(
  parts: WatchParts,
  connection: Connection,
  isEverywhere: boolean,
): Promise<void> {
  const { room, identity, person: before } = connection;
  if (room === null || before === null) return;
  const standing = await parts.rules.admit(room.channel, identity, connection.visit);
  if (connection.state !== 'open') return;
  const { person, silencedUntil } = standing;
  connection.person = person;
  if (isStaff(before) !== isStaff(person)) {
    room.remove(connection);
    room.add(connection, isStaff(person));
  }
  if (before.roles.join() !== person.roles.join())
    parts.presence.enter(room, connection.visit, person);
  connection.send({
    type: 'you',
    roles: person.roles,
    ...(silencedUntil !== undefined && { silencedUntil }),
    // What changed is not of one channel: whom they block, perhaps.
    ...(isEverywhere && { blocked: standing.blocked }),
  });
}

/** Out, when that is what changed; when it could not be found out, they stay as they were. */
function refuse({ log }: WatchParts, connection: Connection, error: unknown): void {
  const { answer, status } = refusedBy(error, undefined);
  if (!(error instanceof Refusal)) {
    log.error({ err: error }, 'asking anew who somebody is failed');
    return;
  }
  connection.send(answer);
  connection.close(status === 401 ? 'badToken' : 'banned');
}
