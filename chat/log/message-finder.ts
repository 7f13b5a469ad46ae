import type { KeptMessage, MessageFinder } from '../rules/house.ts';
import type { ArchivedMessage, ArchiveQueries } from './archive-queries.ts';
import type { Broker, Entry, Position } from './broker.ts';
import { hiddenBy } from './hidden.ts';

/** Pages that are asked for until one has something to show. */
const MOST_PAGES = 5;

/** What was said before, for those who scroll back. */
export interface MessageArchive {
  /** JSON of at most `limit` messages before a position that can still be seen; oldest first. */
  before(channel: string, before: Position, limit: number): Promise<string[]>;
}

export const createMessageArchive = (archive: ArchiveQueries): MessageArchive => ({
  async before(channel, before, limit) {
    let shown: string[] = [];
    let position = before;
    for (let page = 0; page < MOST_PAGES && shown.length < limit; page++) {
      const messages = await archive.page(channel, { before: position, limit });
      const seen = messages.filter((message) => !message.deleted).map(toJson);
      shown = [...seen, ...shown].slice(-limit);
      const [oldest] = messages;
      if (oldest === undefined) break;
      position = oldest;
    }
    return shown;
  },
});

const toJson = ({ epoch: _epoch, deleted: _deleted, ...message }: ArchivedMessage): string =>
  JSON.stringify(message);

/** What may not have reached the database yet; more of it only while the database is away. */
const RECENT_ENTRIES = 1_000;

/** Finds what was said: the newest in the log itself, the rest where it is kept for good. */
export function createMessageFinder({
  broker,
  archive,
}: {
  broker: Pick<Broker, 'read'>;
  archive: ArchiveQueries;
}): MessageFinder {
  const recentOf = async (channel: string) =>
    (await broker.read(channel, { after: null, limit: RECENT_ENTRIES })).entries;
  return {
    async byId(channel, id) {
      const recent = await recentOf(channel);
      const entry = recent.find((one) => one.id === id && one.kind === 'message');
      if (entry !== undefined) return toKept(entry, recent);
      const kept = await archive.byId(channel, id);
      return kept === null ? null : { ...kept, deleted: kept.deleted || isNamed(id, recent) };
    },
    async byAuthor(channel, userId, limit) {
      const recent = await recentOf(channel);
      const newest = recent
        .filter((entry) => entry.kind === 'message' && entry.author === userId)
        .slice(-limit)
        .reverse()
        .map((entry) => toKept(entry, recent));
      if (newest.length === limit) return newest;
      const known = new Set(newest.map((message) => message.id));
      const older = (await archive.byAuthor(channel, userId, limit)).filter(
        (message) => !known.has(message.id),
      );
      const marked = older.map((message) => ({
        ...message,
        deleted: message.deleted || isNamed(message.id, recent),
      }));
      return [...newest, ...marked].slice(0, limit);
    },
  };
}

const toKept = (entry: Entry, recent: Entry[]): KeptMessage => ({
  ...(JSON.parse(entry.json) as Omit<KeptMessage, 'deleted'>),
  deleted: recent.some((later) => hiddenBy(later)?.(entry) ?? false),
});

/** Deleted so lately that the database does not know. */
const isNamed = (id: string, recent: Entry[]): boolean =>
  recent.some((entry) => {
    if (entry.kind !== 'deleted') return false;
    const { messages = [] }: { messages?: string[] } = JSON.parse(entry.json);
    return messages.includes(id);
  });
