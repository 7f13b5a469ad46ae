import { afterEach, describe, expect, it } from 'vitest';
import { createArchiveQueries } from '../../chat/log/archive-queries.ts';
import { type Outgoing, writeEntries } from '../../chat/log/archive-write.ts';
import type { Draft, Position } from '../../chat/log/broker.ts';
import { type ChatDatabase, openChatDatabase } from '../../chat/log/chat-database.ts';
import { embeddedStore } from '../support/brokers.ts';
import { chatDatabaseOf } from '../support/chat-databases.ts';
import { draftOf } from '../support/chat-drafts.ts';
import { describeDatabases } from '../support/databases.ts';

const FIRST = '000000001';
const SECOND = '000000002';

/** Puts entries where they are kept for good, in order. */
type Keep = (drafts: Draft[]) => Promise<void>;

/** What both ways into the tables keep to. */
function archiveQueriesSuite(open: () => Promise<{ db: ChatDatabase; keep: Keep }>): void {
  it('finds a message by its id, as it was said, in its channel only', async () => {
    const { db, keep } = await open();
    const draft = draftOf();
    await keep([draftOf(), draft]);
    const found = await createArchiveQueries(db).byId('live', draft.id);
    expect(found).toMatchObject({ ...JSON.parse(draft.body), offset: 2, deleted: false });
    expect(await createArchiveQueries(db).byId('other', draft.id)).toBeNull();
    expect(await createArchiveQueries(db).byId('live', 'never')).toBeNull();
  });

  it("finds a person's newest messages, newest first", async () => {
    const { db, keep } = await open();
    await keep(['a', 'b', 'a', 'a', 'b'].map((author) => draftOf({ author })));
    const found = await createArchiveQueries(db).byAuthor('live', 'a', 2);
    expect(found.map((message) => message.offset)).toEqual([4, 3]);
  });

  it('marks what was deleted or cleared, of one person or of all, and nothing later', async () => {
    const { db, keep } = await open();
    const deleted = draftOf({ author: 'a' });
    const act = (kind: Draft['kind'], body: object) =>
      draftOf({ kind, clientId: null, body: JSON.stringify({ type: kind, ...body }) });
    await keep([
      ...[deleted, draftOf({ author: 'b' }), act('deleted', { messages: [deleted.id] })],
      ...[draftOf({ author: 'a' }), act('cleared', { user: 'b' })],
      ...[draftOf({ author: 'b' }), draftOf({ author: 'a' })],
    ]);
    const { page } = createArchiveQueries(db);
    const marks = async () =>
      (await page('live', { before: null, limit: 10 })).map((message) => message.deleted);
    expect(await marks()).toEqual([true, true, false, false, false]);
    await keep([act('cleared', {}), draftOf({ author: 'a' })]);
    expect(await marks()).toEqual([true, true, true, true, true, false]);
  });

  it('gives page after page back to the first message', async () => {
    const { db, keep } = await open();
    const mode = draftOf({ kind: 'mode', clientId: null, body: '{"type":"mode"}' });
    await keep([...[1, 2, 3].map(() => draftOf()), mode, ...[5, 6, 7].map(() => draftOf())]);
    const { page } = createArchiveQueries(db);
    const pages: number[][] = [];
    for (let before: Position | null = null; ; ) {
      const messages = await page('live', { before, limit: 4 });
      pages.push(messages.map((message) => message.offset));
      const [oldest] = messages;
      if (oldest === undefined) break;
      before = oldest;
    }
    expect(pages).toEqual([[3, 5, 6, 7], [1, 2], []]);
  });
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('archive of one machine', () => {
  archiveQueriesSuite(async () => {
    const store = embeddedStore();
    const broker = await store.open();
    const db = await openChatDatabase(store.dataDir);
    closing.push(
      store.remove,
      () => broker.close(),
      () => db.destroy(),
    );
    return {
      db,
      async keep(drafts) {
        for (const draft of drafts) await broker.publish('live', draft);
      },
    };
  });
});

describeDatabases('archive of many nodes', (makeDatabase) => {
  const open = async () => {
    const fresh = await makeDatabase();
    const db = await chatDatabaseOf(fresh);
    closing.push(fresh.remove, () => db.destroy());
    return db;
  };

  archiveQueriesSuite(async () => {
    const db = await open();
    let offset = 0;
    return {
      db,
      async keep(drafts) {
        const place = () => ({ channel: 'live', epoch: FIRST, offset: ++offset });
        await writeEntries(
          db,
          drafts.map(({ clientId: _, ...draft }) => ({ ...draft, ...place() })),
        );
      },
    };
  });

  const at = (epoch: string, offset: number, draft = draftOf()): Outgoing => {
    const { clientId: _, ...recorded } = draft;
    return { ...recorded, channel: 'live', epoch, offset };
  };
  const clearOf = (epoch: string, offset: number) =>
    at(epoch, offset, draftOf({ kind: 'cleared', body: '{"type":"cleared"}' }));

  it('keeps an entry once however often it is written', async () => {
    const db = await open();
    const entries = [at(FIRST, 1), at(FIRST, 2)];
    await writeEntries(db, entries);
    await writeEntries(db, [...entries, at(FIRST, 3)]);
    const messages = await createArchiveQueries(db).page('live', { before: null, limit: 10 });
    expect(messages.map((message) => message.offset)).toEqual([1, 2, 3]);
  });

  it('goes on from one epoch to the next, and keeps both of two with one number', async () => {
    const db = await open();
    await writeEntries(db, [at(SECOND, 1), at(FIRST, 1), at(FIRST, 2), at(FIRST, 2)]);
    const { page } = createArchiveQueries(db);
    const places = (messages: { epoch: string; offset: number }[]) =>
      messages.map(({ epoch, offset }) => [epoch, offset]);
    expect(places(await page('live', { before: null, limit: 10 }))).toEqual([
      [FIRST, 1],
      [FIRST, 2],
      [FIRST, 2],
      [SECOND, 1],
    ]);
    const before = { epoch: SECOND, offset: 1 };
    expect(places(await page('live', { before, limit: 1 }))).toEqual([[FIRST, 2]]);
  });

  it('marks by the newest clear, whichever was written last', async () => {
    const db = await open();
    await writeEntries(db, [clearOf(SECOND, 5), clearOf(FIRST, 9), clearOf(SECOND, 3)]);
    await writeEntries(db, [at(FIRST, 10), at(SECOND, 4), at(SECOND, 6)]);
    const messages = await createArchiveQueries(db).page('live', { before: null, limit: 10 });
    expect(messages.map((message) => message.deleted)).toEqual([true, true, false]);
  });

  it('marks a deletion that was written before its message', async () => {
    const db = await open();
    const message = at(FIRST, 1);
    const body = JSON.stringify({ type: 'deleted', messages: [message.id] });
    await writeEntries(db, [at(FIRST, 2, draftOf({ kind: 'deleted', body }))]);
    await writeEntries(db, [message]);
    expect(await createArchiveQueries(db).byId('live', message.id)).toMatchObject({
      deleted: true,
    });
  });
});
