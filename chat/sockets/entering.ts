import { AppError } from '../../platform/errors.ts';
import type { Identity } from '../../platform/identity.ts';
import type { ClientMessageOf } from '../../platform/protocol/chat/client-messages.ts';
import type { CLOSE } from '../../platform/protocol/chat/close-codes.ts';
import type { ChatParts } from '../chat-parts.ts';
import type { Position } from '../log/broker.ts';
import { may } from '../rules/permissions.ts';
import type { Person } from '../rules/person.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Connection } from './connection.ts';
import { frameText } from './frames.ts';
import { dueOnly, historyOf } from './history.ts';
import type { PresenceTeller } from './presence-teller.ts';
import { refusedBy } from './refused.ts';
import type { Room } from './room.ts';
import type { Rooms } from './rooms.ts';
import { faults } from './socket-metrics.ts';
import { welcomeText } from './welcome.ts';

export interface EnteringParts extends Pick<ChatParts, 'identities' | 'rules' | 'clock' | 'log'> {
  rooms: Rooms;
  presence: PresenceTeller;
}

/** Those who moderate are told everything at once, and what waits for them. */
export const isStaff = ({ roles }: Pick<Person, 'roles'>): boolean => may(roles, 'review');

/** Finds out who it is and lets them in, or closes the socket with the code that says why not. */
export async function enter(
  parts: EnteringParts,
  connection: Connection,
  hello: ClientMessageOf<'hello'>,
): Promise<void> {
  try {
    const room = await parts.rooms.enter(connection.channelName);
    if (room === null) return connection.close('noChannel');
    connection.identity = await identify(parts, connection, hello.token);
    await welcome(parts, { connection, room, after: hello.after ?? null });
  } catch (error) {
    const { answer, isFault } = refusedBy(error, undefined);
    if (isFault) {
      faults.inc();
      parts.log.error({ err: error }, 'welcoming a chat connection failed');
    }
    connection.send(answer);
    connection.close(closeReason(error));
  }
}

async function identify(
  { identities }: EnteringParts,
  connection: Connection,
  token: string | undefined,
): Promise<Identity | null> {
  const byCookie = connection.cookieIdentity;
  connection.cookieIdentity = null;
  return token === undefined ? byCookie : await identities.verify(token);
}

async function welcome(
  parts: EnteringParts,
  { connection, room, after }: { connection: Connection; room: Room; after: Position | null },
): Promise<void> {
  const { rules, clock, presence } = parts;
  const standing = await rules.admit(room.channel, connection.identity, connection.visit);
  const { person } = standing;
  const opening = await rules.opening(room.channel, person);
  room.setDelay(opening.modes.delay * 1_000);
  if (!connection.isOpen) return;
  presence.enter(room, connection.visit, person);
  connection.person = person;
  connection.room = room;
  const slice = await room.log.sliceAfter(after);
  const earlier = after !== null && slice.resumed ? await removable(room, after, slice) : [];
  const here = await presence.snapshot(room);
  // From here to `add` nothing is awaited: what is heard from now on finds it in its slot.
  if (!connection.isOpen) return;
  const staff = isStaff(person);
  const due = staff || room.delayMs === 0 ? slice : dueOnly(slice, clock.now() - room.delayMs);
  connection.write(
    frameText(
      welcomeText({
        standing,
        channel: room.channel.name,
        opening,
        history: historyOf(due, earlier),
        resumed: due.resumed,
        position: due,
        presence: here,
      }),
    ),
  );
  connection.sent = due.offset;
  connection.state = 'open';
  room.add(connection, staff);
}

/** Only where somebody's messages were cleared their ids have to be looked up. */
async function removable(room: Room, after: Position, slice: { entries: { kind: string }[] }) {
  const isCleared = slice.entries.some((entry) => entry.kind === 'cleared');
  return isCleared ? await room.log.newestBefore(after.offset) : [];
}

function closeReason(error: unknown): keyof typeof CLOSE {
  if (error instanceof Refusal && error.code === 'banned') return 'banned';
  if (!(error instanceof AppError)) return 'unavailable';
  if (error.code === 'token_expired') return 'tokenExpired';
  return error.status === 401 ? 'badToken' : 'unavailable';
}
