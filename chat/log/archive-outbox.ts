import { z } from 'zod';
import { messageOf } from '../../platform/errors.ts';
import type { RedisHandles } from '../../platform/redis.ts';
import type { Outgoing } from './archive-write.ts';
import { outboxes } from './redis-keys.ts';
import { fromRecord } from './redis-record.ts';

const GROUP = 'archive';
const MOST_A_READ = 250;
/** An archiver that is gone for so long, and left nothing, is forgotten. */
const CONSUMER_FORGOTTEN_MS = 3_600_000;

/** An entry that this archiver has taken over and not yet settled. */
export interface Taken {
  outbox: string;
  /** Its id in the outbox, which begins with the wall milliseconds at which it came. */
  place: string;
  /** Null: it was given up meanwhile. */
  entry: Outgoing | null;
}

const rows = z.array(z.tuple([z.string(), z.nullable(z.array(z.string()))]));
/** Name and rows by turns: how the client hands on a map. */
const readAnswer = z.nullable(z.array(z.union([z.string(), rows])));
const claimAnswer = z.tuple([z.string(), rows], z.unknown());

/** What waits for the database, as a group of archivers shares it. */
export class ArchiveOutbox {
  readonly #redis: RedisHandles;
  readonly #name: string;
  readonly #outboxes: string[];

  constructor(redis: RedisHandles, name: string) {
    this.#redis = redis;
    this.#name = name;
    this.#outboxes = outboxes(redis.prefix);
  }

  /** @param which `new`: what nobody has taken; `own`: what this archiver took and did not settle */
  async take(which: 'new' | 'own'): Promise<Taken[]> {
    const place = which === 'new' ? '>' : '0';
    // Of one command the keys would have to share a slot.
    const sets = this.#redis.isCluster ? this.#outboxes.map((one) => [one]) : [this.#outboxes];
    const answers = await Promise.all(
      sets.map((set) =>
        this.#redis.commands.call(
          ...(['XREADGROUP', 'GROUP', GROUP, this.#name, 'COUNT', MOST_A_READ, 'STREAMS'] as const),
          ...set,
          ...set.map(() => place),
        ),
      ),
    );
    return answers.flatMap((answer) => {
      const parts = readAnswer.parse(answer) ?? [];
      return parts.flatMap((part, index) => {
        const outbox = parts[index - 1];
        return typeof outbox === 'string' && Array.isArray(part) ? toTaken(outbox, part) : [];
      });
    });
  }

  /** What others took so long ago that they are gone. */
  async claim(idleMs: number): Promise<Taken[]> {
    const claimed = await Promise.all(
      this.#outboxes.map(async (outbox) => {
        const answer = await this.#redis.commands.call(
          ...([
            'XAUTOCLAIM',
            outbox,
            GROUP,
            this.#name,
            idleMs,
            '0-0',
            'COUNT',
            MOST_A_READ,
          ] as const),
        );
        return toTaken(outbox, claimAnswer.parse(answer)[1]);
      }),
    );
    return claimed.flat();
  }

  /** They are in the database. */
  async settle(taken: Taken[]): Promise<void> {
    const byOutbox = Map.groupBy(taken, (one) => one.outbox);
    await Promise.all(
      [...byOutbox].map(async ([outbox, ones]) => {
        const places = ones.map((one) => one.place);
        const { commands } = this.#redis;
        await commands
          .multi()
          .xack(outbox, GROUP, ...places)
          .xdel(outbox, ...places)
          .exec();
      }),
    );
  }

  /** Makes the group where Redis has none, or has lost it. */
  async prepare(): Promise<void> {
    await Promise.all(
      this.#outboxes.map((outbox) =>
        this.#redis.commands
          .xgroup('CREATE', outbox, GROUP, '0', 'MKSTREAM')
          .catch((error: unknown) => {
            if (!messageOf(error).startsWith('BUSYGROUP')) throw error;
          }),
      ),
    );
  }

  /** Forgets archivers that are gone for good. */
  async forgetGone(): Promise<void> {
    for (const outbox of this.#outboxes) {
      const consumers = z
        .array(z.array(z.union([z.string(), z.number()])))
        .parse(await this.#redis.commands.xinfo('CONSUMERS', outbox, GROUP));
      for (const fields of consumers) {
        const of = (name: string) => fields[fields.indexOf(name) + 1];
        const isGone = of('pending') === 0 && Number(of('idle')) > CONSUMER_FORGOTTEN_MS;
        if (isGone) await this.#forget(outbox, String(of('name')));
      }
    }
  }

  /** This archiver ends, and has settled everything. */
  async leave(): Promise<void> {
    await Promise.all(this.#outboxes.map((outbox) => this.#forget(outbox, this.#name)));
  }

  async #forget(outbox: string, name: string): Promise<void> {
    await this.#redis.commands.xgroup('DELCONSUMER', outbox, GROUP, name);
  }
}

export const isWithoutGroup = (error: unknown): boolean =>
  /^NOGROUP|no such key/.test(messageOf(error));

const toTaken = (outbox: string, found: z.infer<typeof rows>): Taken[] =>
  found.map(([place, fields]) => ({
    outbox,
    place,
    entry: fields === null || fields.length === 0 ? null : toOutgoing(fields),
  }));

function toOutgoing(fields: string[]): Outgoing {
  const [, channel = '', , epoch = '', , offset = '', , record = ''] = fields;
  return { ...fromRecord(record), channel, epoch, offset: Number(offset) };
}
