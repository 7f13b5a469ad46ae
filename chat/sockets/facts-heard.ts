import type { Bus, BusFacts } from '../../platform/bus.ts';
import { frameJson } from './frames.ts';
import type { PeopleIndex } from './people-index.ts';
import type { Rooms } from './rooms.ts';
import type { Typing } from './typing.ts';

interface Hearers {
  rooms: Rooms;
  people: PeopleIndex;
  typing: Typing;
  readmit(fact: BusFacts['chat:standing-changed']): void;
}

/** What the bus tells the sockets of this node, beside the log. Returns how to stop. */
export function hearFacts(bus: Bus, hearers: Hearers): () => void {
  const cancels = [
    bus.subscribe('chat:frame', (fact) => deliver(hearers, fact)),
    bus.subscribe('chat:typing', ({ channel, name }) => {
      const room = hearers.rooms.byName(channel);
      if (room !== null) hearers.typing.note(room, name);
    }),
    bus.subscribe('chat:standing-changed', (fact) => hearers.readmit(fact)),
    bus.subscribe('identity:revoked', (fact) => revoke(hearers, fact)),
  ];
  return () => {
    for (const cancel of cancels) cancel();
  };
}

function deliver({ rooms, people }: Hearers, fact: BusFacts['chat:frame']): void {
  const { channel, to, frame } = fact;
  const bytes = frameJson(frame);
  if ('users' in to) {
    for (const user of to.users)
      for (const connection of people.of(user, channel)) connection.write(bytes);
    return;
  }
  if (channel !== null) rooms.byName(channel)?.tell(bytes, 'staff');
}

function revoke({ people }: Hearers, { userId, tokenId }: BusFacts['identity:revoked']): void {
  for (const connection of people.of(userId, null))
    if (tokenId === null || connection.identity?.tokenId === tokenId) connection.close('badToken');
}
