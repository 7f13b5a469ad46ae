/** What one tab wants from the shared event stream. */
export interface Wish {
  /** False: this tab wants no events, it only counts its players. */
  listening: boolean;
  /** Channels whose events it wants; null: all. */
  channels: string[] | null;
  /** One entry for each open player. */
  watching: string[];
}

/** All tabs' wishes in one; null when nobody wants anything and no connection is needed. */
export function unite(wishes: Iterable<Wish>): Wish | null {
  const all = [...wishes];
  const listeners = all.filter((wish) => wish.listening);
  const watching = all.flatMap((wish) => wish.watching).sort();
  if (listeners.length === 0 && watching.length === 0) return null;
  const everything = listeners.some((wish) => wish.channels === null);
  const named = listeners.flatMap((wish) => wish.channels ?? []);
  return {
    listening: listeners.length > 0,
    channels: everything ? null : [...new Set(named)].sort(),
    watching,
  };
}

/** True when a connection opened for `open` already brings every event that `wanted` asks for. */
export function covers(open: Wish, wanted: Wish): boolean {
  if (!wanted.listening) return true;
  if (!open.listening) return false;
  if (open.channels === null) return true;
  const brought = open.channels;
  return wanted.channels?.every((name) => brought.includes(name)) ?? false;
}

export function eventsUrl(wish: Wish, lastEventId: string | null): string {
  const query = new URLSearchParams();
  for (const name of wish.watching) query.append('watching', name);
  // A connection that only counts players still names a channel, to be spared all the others.
  const channels = wish.listening ? wish.channels : [...new Set(wish.watching)];
  for (const name of channels ?? []) query.append('channel', name);
  if (lastEventId !== null) query.set('lastEventId', lastEventId);
  return `/events?${query}`;
}
