import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Draft, Entry, EntryKind, Published } from './broker.ts';
import { newEpoch, toEntry } from './entry.ts';
import { markOf } from './log-marks.ts';
import type { Asked, Kept, Question, Stretch } from './log-messages.ts';

const BUSY_TIMEOUT_MS = 5_000;
/** A client's message is known again for so long. */
export const SENT_KEPT_MS = 86_400_000;
const MOST_FORGOTTEN_AT_ONCE = 1_000;

interface Head {
  epoch: string;
  offset: number;
}

/**
 * The log of one machine in SQLite, as the thread that writes it has it. A commit survives any
 * death of the process; what the machine's own death may take is what was not yet synced.
 */
export class LogStore {
  readonly #db: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #heads = new Map<string, Head>();

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    // Measured: a sync in every commit costs 7 ms (p50), none costs 0.03 ms. Checkpoints sync too,
    // so they wait until a batch is answered.
    this.#db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
    this.#statements = prepareAll(this.#db);
  }

  /** All of it or, when it throws, none of it. */
  append(batch: Asked[]): Kept[] {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const kept = batch.map(({ channel, draft }) => this.#keep(channel, draft));
      this.#db.exec('COMMIT');
      return kept;
    } catch (error) {
      this.#heads.clear();
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  answer(question: Question): Stretch | Published | null {
    if (question.type === 'sent') {
      return this.#sent(question.channel, question.author, question.clientId);
    }
    const { channel, limit } = question;
    const { epoch, offset } = this.#head(channel);
    const rows =
      question.type === 'newest'
        ? this.#statements.newest.all(channel, epoch, limit).reverse()
        : this.#statements.after.all(channel, epoch, question.offset, limit);
    return { epoch, offset, entries: rows.map(rowToEntry) };
  }

  /** Forgets some of what was sent before `beforeMs`. Returns how many. */
  forgetSent(beforeMs: number): number {
    return Number(this.#statements.forget.run(beforeMs, MOST_FORGOTTEN_AT_ONCE).changes);
  }

  checkpoint(): void {
    this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  close(): void {
    this.#db.close();
  }

  #keep(channel: string, draft: Draft): Kept {
    const head = this.#head(channel);
    if (draft.clientId !== null) {
      const first = this.#sent(channel, draft.author, draft.clientId);
      if (first !== null) return { ...first, epoch: head.epoch };
    }
    const offset = head.offset + 1;
    const { kind, id, author, clientId, at, body } = draft;
    this.#statements.insert.run(channel, head.epoch, offset, id, kind, author, at, body);
    if (clientId !== null) {
      this.#statements.remember.run(channel, author, clientId, id, offset, at);
    }
    this.#mark(channel, draft, { epoch: head.epoch, offset });
    head.offset = offset;
    return { offset, id, repeated: false, epoch: head.epoch };
  }

  #mark(channel: string, draft: Draft, { epoch, offset }: Head): void {
    const mark = markOf(draft);
    if (mark?.type === 'removed') {
      for (const message of mark.messages) this.#statements.remove.run(channel, message, draft.at);
    } else if (mark !== null) {
      this.#statements.clear.run(channel, mark.author, epoch, offset, draft.at);
    }
  }

  #sent(channel: string, author: string, clientId: string): Published | null {
    const row = this.#statements.sent.get(channel, author, clientId);
    if (row === undefined) return null;
    return { offset: Number(row['offset']), id: String(row['id']), repeated: true };
  }

  #head(channel: string): Head {
    const known = this.#heads.get(channel);
    if (known !== undefined) return known;
    const row = this.#statements.epoch.get(channel);
    const epoch = row === undefined ? newEpoch(Date.now()) : String(row['epoch']);
    if (row === undefined) this.#statements.begin.run(channel, epoch);
    const offset = Number(this.#statements.top.get(channel, epoch)?.['top'] ?? 0);
    const head = { epoch, offset };
    this.#heads.set(channel, head);
    return head;
  }
}

function rowToEntry(row: Record<string, unknown>): Entry {
  return toEntry(
    {
      kind: String(row['kind']) as EntryKind,
      id: String(row['id']),
      author: String(row['author']),
      at: Number(row['at']),
      body: String(row['body']),
    },
    Number(row['offset']),
  );
}

const COLUMNS = '"offset", id, kind, author, at, body';

function prepareAll(
  db: DatabaseSync,
): Record<
  | 'insert'
  | 'remember'
  | 'sent'
  | 'remove'
  | 'clear'
  | 'epoch'
  | 'begin'
  | 'top'
  | 'newest'
  | 'after'
  | 'forget',
  StatementSync
> {
  return {
    insert: db.prepare(
      'INSERT INTO chat_messages (channel, epoch, "offset", id, kind, author, at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    remember: db.prepare(
      'INSERT INTO chat_sent (channel, author, client_id, id, "offset", at) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    sent: db.prepare(
      'SELECT id, "offset" FROM chat_sent WHERE channel = ? AND author = ? AND client_id = ?',
    ),
    remove: db.prepare(
      'INSERT INTO chat_removed (channel, message, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    clear: db.prepare(
      'INSERT INTO chat_clears (channel, author, epoch, "offset", at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch, "offset" = excluded."offset", at = excluded.at',
    ),
    epoch: db.prepare('SELECT epoch FROM chat_epochs WHERE channel = ?'),
    begin: db.prepare('INSERT INTO chat_epochs (channel, epoch) VALUES (?, ?)'),
    top: db.prepare(
      'SELECT max("offset") AS top FROM chat_messages WHERE channel = ? AND epoch = ?',
    ),
    newest: db.prepare(
      `SELECT ${COLUMNS} FROM chat_messages WHERE channel = ? AND epoch = ? ORDER BY "offset" DESC LIMIT ?`,
    ),
    after: db.prepare(
      `SELECT ${COLUMNS} FROM chat_messages WHERE channel = ? AND epoch = ? AND "offset" > ? ORDER BY "offset" LIMIT ?`,
    ),
    forget: db.prepare(
      'DELETE FROM chat_sent WHERE rowid IN (SELECT rowid FROM chat_sent WHERE at < ? LIMIT ?)',
    ),
  };
}
