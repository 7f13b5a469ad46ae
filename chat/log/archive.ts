import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { RedisHandles } from '../../platform/redis.ts';
import { ArchiveOutbox, isWithoutGroup, type Taken } from './archive-outbox.ts';
import { type Outgoing, writeEntries } from './archive-write.ts';
import type { ChatDatabase } from './chat-database.ts';
import { archiveLagSeconds, entriesArchived, entriesNotArchived } from './chat-metrics.ts';

const IDLE_MS = 200;
const MOST_PAUSE_MS = 5_000;
const CLAIM_EVERY_MS = 10_000;
const CLAIM_IDLE_MS = 30_000;
const FORGET_EVERY_MS = 600_000;
/** In one statement. */
const MOST_A_WRITE = 500;

export interface ArchiverOptions {
  redis: RedisHandles;
  db: ChatDatabase;
  clock: Clock;
  log: Log;
  /** Of this archiver, unlike any other's. */
  name: string;
  /** Who has settled nothing for so long is gone, and what it took is taken over. */
  claimIdleMs?: number;
  claimEveryMs?: number;
}

/**
 * Writes what was published through Redis to the database, for good. Each entry is written at least
 * once, and twice is like once; what an archiver took and did not settle, the next one takes over.
 */
export class Archiver {
  readonly #options: ArchiverOptions;
  readonly #outbox: ArchiveOutbox;
  #running: Promise<void> | null = null;
  #stopping = false;
  #wake = () => {};
  #claimAt = 0;
  #forgetAt = 0;
  /** Something was taken before and may not be settled. */
  #unsettled = true;
  #oldestMs: number | null = null;
  #failures = 0;

  constructor(options: ArchiverOptions) {
    this.#options = options;
    this.#outbox = new ArchiveOutbox(options.redis, options.name);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Writes what it has taken, and leaves the rest to others. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#running;
    if (!this.#unsettled) await this.#outbox.leave().catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const moved = await this.#attempt();
      const { clock } = this.#options;
      const waitedMs = this.#oldestMs === null ? 0 : Math.max(0, clock.now() - this.#oldestMs);
      archiveLagSeconds.set(waitedMs / 1_000);
      if (moved > 0 || this.#stopping) continue;
      await this.#pause(Math.min(IDLE_MS * 2 ** Math.min(this.#failures, 10), MOST_PAUSE_MS));
    }
  }

  async #attempt(): Promise<number> {
    try {
      const moved = await this.#round();
      if (this.#failures > 0) this.#options.log.info({}, 'chat archive goes on');
      this.#failures = 0;
      return moved;
    } catch (error) {
      if (isWithoutGroup(error)) {
        await this.#outbox.prepare().catch(() => undefined);
        return 0;
      }
      this.#failures += 1;
      const phrase = 'chat archive is held up';
      if (this.#failures === 1) this.#options.log.error({ reason: messageOf(error) }, phrase);
      return 0;
    }
  }

  async #round(): Promise<number> {
    const { clock, claimIdleMs = CLAIM_IDLE_MS, claimEveryMs = CLAIM_EVERY_MS } = this.#options;
    const now = clock.now();
    if (now >= this.#forgetAt) {
      await this.#outbox.forgetGone();
      this.#forgetAt = now + FORGET_EVERY_MS;
    }
    if (this.#unsettled) {
      const own = await this.#outbox.take('own');
      await this.#store(own);
      this.#unsettled = own.length > 0;
      if (own.length > 0) return own.length;
    }
    if (now >= this.#claimAt) {
      const claimed = await this.#outbox.claim(claimIdleMs);
      await this.#store(claimed);
      // More may be left than one claim takes.
      if (claimed.length > 0) return claimed.length;
      this.#claimAt = now + claimEveryMs;
    }
    const fresh = await this.#outbox.take('new');
    await this.#store(fresh);
    return fresh.length;
  }

  async #store(taken: Taken[]): Promise<void> {
    const times = taken.map(({ place }) => Number.parseInt(place, 10));
    this.#oldestMs = taken.length === 0 ? null : Math.min(...times);
    if (taken.length === 0) return;
    this.#unsettled = true;
    for (let at = 0; at < taken.length; at += MOST_A_WRITE) {
      const some = taken.slice(at, at + MOST_A_WRITE);
      await this.#write(some.flatMap(({ entry }) => entry ?? []));
      await this.#outbox.settle(some);
    }
    this.#unsettled = false;
  }

  /** One that the database takes from nobody must not hold up the others. */
  async #write(entries: Outgoing[]): Promise<void> {
    if (entries.length === 0) return;
    const { db, log } = this.#options;
    try {
      await writeEntries(db, entries);
      entriesArchived.inc(entries.length);
    } catch (error) {
      await sql`select 1`.execute(db);
      const [only] = entries;
      if (entries.length === 1 && only !== undefined) {
        if (!isRefusal(error)) throw error;
        entriesNotArchived.inc();
        const { channel, epoch, offset } = only;
        const facts = { channel, epoch, offset, reason: messageOf(error) };
        log.error(facts, 'chat entry does not fit the database');
        return;
      }
      const half = Math.ceil(entries.length / 2);
      await this.#write(entries.slice(0, half));
      await this.#write(entries.slice(half));
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Of Postgres, classes 22 and 23: a value that cannot be kept. Anything else may pass. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^2[23]/.test(String(error.code));
