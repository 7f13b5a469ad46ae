import type { Accounts } from '../../platform/accounts.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Channel } from '../../platform/channels.ts';
import type { Clock, NewId } from '../../platform/clock.ts';
import type { ChatMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { Broker } from '../log/broker.ts';
import type { Actions } from './actions.ts';
import type { Blocks } from './blocks.ts';
import type { SettingsStore } from './channel-settings.ts';
import type { Emotes } from './emotes.ts';
import type { HeldQueue } from './held-queue.ts';
import type { Person } from './person.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Answer, Wish } from './rules.ts';
import type { Sanctions } from './sanctions.ts';
import type { Standings } from './standings.ts';
import type { Whispers } from './whispers.ts';

/** A message as it is kept, whether it can still be seen or not. */
export type KeptMessage = Pick<ChatMessage, 'id' | 'offset' | 'at' | 'author' | 'text'> & {
  deleted: boolean;
};

export interface MessageFinder {
  byId(channel: string, id: string): Promise<KeptMessage | null>;
  /** Newest first. */
  byAuthor(channel: string, userId: string, limit: number): Promise<KeptMessage[]>;
}

/** What the commands stand on. */
export interface House {
  bus: Bus;
  clock: Clock;
  newId: NewId;
  accounts: Accounts;
  broker: Broker;
  limits: RateLimit;
  messages: MessageFinder;
  settings: SettingsStore;
  standings: Standings;
  sanctions: Sanctions;
  actions: Actions;
  blocks: Blocks;
  held: HeldQueue;
  whispers: Whispers;
  emotes: Emotes;
}

export type WishOf<T extends Wish['type']> = Extract<Wish, { type: T }>;

export interface Call<W = Wish> {
  channel: Channel;
  /** As the rules know them now, not as they came in. */
  person: Person;
  address: string;
  wish: W;
}

/** One wish, one file. @throws Refusal with the sentence for its author */
export type Command<T extends Wish['type']> = (
  house: House,
  call: Call<WishOf<T>>,
) => Promise<Answer | null>;
