import { frameText } from '../sockets/frames.ts';
import type { Entry, Position } from './broker.ts';
import { hiddenBy } from './hidden.ts';

/** Kept for those who join or come back; more only while somebody has still to be sent them. */
const KEPT_ENTRIES = 512;
/** What a delay of 30 s may hold back at 250 entries a second. */
const MOST_ENTRIES = 8_192;

interface Held {
  entry: Entry;
  /** Deleted before everybody was sent it: those who were not are never sent it. */
  hidden: boolean;
}

/**
 * The newest entries of a channel's log as this node heard them, without a gap: where the frames
 * for many sockets are made, once for all that are at the same offset.
 */
export class LogWindow {
  epoch: string;
  /** Everything after this offset is here. */
  start: number;
  #held: Held[] = [];
  readonly #frames = new Map<number, { upTo: number; bytes: Buffer | null }>();

  constructor(position: Position) {
    this.epoch = position.epoch;
    this.start = position.offset;
  }

  get newest(): number {
    return this.start + this.#held.length;
  }

  reset(position: Position): void {
    this.epoch = position.epoch;
    this.start = position.offset;
    this.#held = [];
    this.#frames.clear();
  }

  /** @param needed offset after which somebody waits for what comes: kept beyond the usual */
  append(entries: readonly Entry[], needed: number): void {
    this.#frames.clear();
    for (const entry of entries) {
      const hides = hiddenBy(entry);
      if (hides !== null) {
        for (const held of this.#held) if (hides(held.entry)) held.hidden = true;
      }
      this.#held.push({ entry, hidden: false });
    }
    const kept = Math.max(KEPT_ENTRIES, Math.min(this.newest - needed, MOST_ENTRIES));
    const surplus = this.#held.length - kept;
    if (surplus < KEPT_ENTRIES / 4) return;
    this.#held.splice(0, surplus);
    this.start += surplus;
  }

  /** The entries after `after` up to `upTo`, hidden ones included. */
  slice(after: number, upTo: number): Entry[] {
    return this.#between(after, upTo).map((held) => held.entry);
  }

  /** The newest offset whose entry is from `at` or before. */
  newestOf(at: number): number {
    let offset = this.newest;
    while (offset > this.start && (this.#held[offset - this.start - 1]?.entry.at ?? 0) > at)
      offset--;
    return offset;
  }

  /** Frames for somebody who has everything up to `after`; null: nothing to say. */
  frames(after: number, upTo: number): Buffer | null {
    const made = this.#frames.get(after);
    if (made?.upTo === upTo) return made.bytes;
    const bytes = this.#encode(after, upTo);
    this.#frames.set(after, { upTo, bytes });
    return bytes;
  }

  #between(after: number, upTo: number): Held[] {
    return this.#held.slice(Math.max(0, after - this.start), Math.max(0, upTo - this.start));
  }

  #encode(after: number, upTo: number): Buffer | null {
    const frames: Buffer[] = [];
    let items: string[] = [];
    const endItems = () => {
      if (items.length > 0) frames.push(frameText(messagesFrame(items)));
      items = [];
    };
    for (const { entry, hidden } of this.#between(after, upTo)) {
      if (entry.kind === 'message') {
        if (!hidden) items.push(entry.json);
      } else if (entry.kind !== 'sanction') {
        endItems();
        frames.push(frameText(entry.json));
      }
    }
    endItems();
    const [only] = frames;
    if (only === undefined) return null;
    return frames.length === 1 ? only : Buffer.concat(frames);
  }
}

/** @param items JSON of messages */
export const messagesFrame = (items: readonly string[]): string =>
  `{"type":"messages","items":[${items.join(',')}]}`;
