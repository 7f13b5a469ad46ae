import { canonicalName } from '../../platform/protocol/reserved-names.ts';
import type { ChatParts } from '../chat-parts.ts';
import { Room, type RoomHost } from './room.ts';

/** A room that nobody is in keeps listening so long: somebody may come back. */
const IDLE_MS = 30_000;

/** The rooms of this node, opened when somebody asks for them and closed when nobody does. */
export class Rooms {
  readonly #parts: Pick<ChatParts, 'broker' | 'channels' | 'clock'>;
  readonly #host: RoomHost;
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #open = new Map<string, Room>();
  readonly #idleSince = new Map<Room, number>();

  constructor(parts: Pick<ChatParts, 'broker' | 'channels' | 'clock'>, host: RoomHost) {
    this.#parts = parts;
    this.#host = host;
  }

  get open(): Iterable<Room> {
    return this.#open.values();
  }

  byName(channel: string): Room | null {
    return this.#open.get(channel) ?? null;
  }

  /**
   * Null: there is no such channel.
   *
   * @throws AppError `chat_unavailable`
   */
  async enter(name: string): Promise<Room | null> {
    const canonical = canonicalName(name);
    const opening = this.#rooms.get(canonical);
    if (opening !== undefined) return await opening;
    const channel = await this.#parts.channels.byName(canonical);
    if (channel === null) return null;
    const other = this.#rooms.get(canonical);
    if (other !== undefined) return await other;
    const made = Room.open(this.#host, channel, this.#parts.broker);
    this.#rooms.set(canonical, made);
    try {
      const room = await made;
      this.#open.set(canonical, room);
      return room;
    } catch (error) {
      this.#rooms.delete(canonical);
      throw error;
    }
  }

  /** Closes what nobody has been in for a while. */
  sweep(): void {
    const now = this.#parts.clock.now();
    for (const [name, room] of this.#open) {
      if (!room.isIdle) {
        this.#idleSince.delete(room);
        continue;
      }
      const since = this.#idleSince.get(room) ?? now;
      this.#idleSince.set(room, since);
      if (now - since < IDLE_MS) continue;
      this.#forget(name, room);
    }
  }

  close(): void {
    for (const [name, room] of this.#open) this.#forget(name, room);
  }

  #forget(name: string, room: Room): void {
    room.close();
    this.#idleSince.delete(room);
    this.#open.delete(name);
    this.#rooms.delete(name);
  }
}
