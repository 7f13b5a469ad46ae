import { NO_MODES } from '../../../platform/protocol/chat/modes.ts';
import type { ServerMessageOf } from '../../../platform/protocol/chat/server-messages.ts';
import type { ChatState } from './chat-client.ts';
import type { Heard, Opening } from './link.ts';
import { modeNotices } from './mode-notices.ts';
import { withChange } from './people-here.ts';
import type { Timeline } from './timeline.ts';

/** Waiting for moderators: the oldest beyond it are not shown. */
const MOST_HELD = 200;

type Facts = Omit<ChatState, 'status' | 'lines' | 'hasOlder' | 'outgoing' | 'refused'>;

const NOTHING: Facts = {
  you: null,
  modes: NO_MODES,
  pinned: null,
  presence: { count: 0, people: [] },
  typing: [],
  held: [],
};

/** What the server told of the channel and of who reads it. */
export class ChatStore {
  readonly #timeline: Timeline;
  facts: Facts = NOTHING;
  /** Offsets of what modes and pinned message were last taken from. */
  #modesOffset = 0;
  #pinnedOffset = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  hear(message: Heard): void {
    const timeline = this.#timeline;
    switch (message.type) {
      case 'welcome':
        this.#welcome(message);
        break;
      case 'opening':
        this.#open(message);
        break;
      case 'messages':
        timeline.add(message.items);
        break;
      case 'deleted':
        timeline.remove(new Set(message.messages));
        this.#unpin(message.messages);
        timeline.reach(message.offset);
        break;
      case 'cleared':
        timeline.clear(message.offset, message.user ?? null);
        timeline.reach(message.offset);
        break;
      case 'mode':
        this.#setModes(message);
        break;
      case 'pinned':
        this.#setPinned(message);
        break;
      case 'presence':
        this.#set({ presence: withChange(this.facts.presence, message) });
        break;
      case 'typing':
        this.#set({ typing: message.people });
        break;
      case 'you':
        this.#changeYou(message);
        break;
      case 'queue':
        this.#changeQueue(message);
        break;
      case 'action':
        timeline.log.push({ kind: 'action', key: `action/${message.id}`, action: message });
        break;
      case 'whisper':
        this.#hearWhisper(message);
        break;
      case 'beat':
      case 'ack':
      case 'done':
      case 'held':
      case 'refused':
    }
  }

  /** Nobody tells who types any more. */
  disconnect(): void {
    if (this.facts.typing.length > 0) this.#set({ typing: [] });
  }

  block(userId: string, isBlocked: boolean): void {
    const { you } = this.facts;
    if (you === null) return;
    const others = you.blocked.filter((id) => id !== userId);
    this.#setYou({ ...you, blocked: isBlocked ? [...others, userId] : others });
  }

  #welcome(message: ServerMessageOf<'welcome'>): void {
    this.#modesOffset = this.#pinnedOffset = 0;
    this.#open(message);
    this.#set({ held: message.held ?? [], typing: [] });
    this.#timeline.begin(message);
  }

  #open({ you, modes, pinned, presence }: Omit<Opening, 'type'>): void {
    this.#setYou(you);
    this.#set({ modes, pinned, presence });
  }

  #setYou(you: NonNullable<Facts['you']>): void {
    this.#set({ you });
    const isGuest = you.roles.includes('guest');
    const name = isGuest ? null : you.name.toLowerCase();
    this.#timeline.log.reader = { name, blocked: new Set(you.blocked) };
    this.#timeline.hide();
  }

  #setModes({ modes, offset }: ServerMessageOf<'mode'>): void {
    this.#timeline.reach(offset);
    if (offset < this.#modesOffset) return;
    this.#modesOffset = offset;
    for (const notice of modeNotices(this.facts.modes, modes)) this.#timeline.note(notice);
    this.#set({ modes });
  }

  #setPinned({ message, offset }: ServerMessageOf<'pinned'>): void {
    this.#timeline.reach(offset);
    if (offset < this.#pinnedOffset) return;
    this.#pinnedOffset = offset;
    this.#set({ pinned: message });
  }

  #unpin(gone: readonly string[]): void {
    const { pinned } = this.facts;
    if (pinned !== null && gone.includes(pinned.id)) this.#set({ pinned: null });
  }

  #changeYou({ roles, silencedUntil }: ServerMessageOf<'you'>): void {
    const { you, held } = this.facts;
    if (you === null) return;
    const { silencedUntil: _before, ...rest } = you;
    this.#setYou({ ...rest, roles, ...(silencedUntil !== undefined && { silencedUntil }) });
    const moderates = roles.includes('broadcaster') || roles.includes('moderator');
    if (!moderates && held.length > 0) this.#set({ held: [] });
  }

  #changeQueue({ added, removed }: ServerMessageOf<'queue'>): void {
    const gone = new Set([...removed, ...added.map(({ id }) => id)]);
    const left = this.facts.held.filter(({ id }) => !gone.has(id));
    this.#set({ held: [...left, ...added].slice(-MOST_HELD) });
  }

  #hearWhisper(whisper: ServerMessageOf<'whisper'>): void {
    if (this.facts.you?.blocked.includes(whisper.from.id)) return;
    this.#timeline.log.push({ kind: 'whisper', key: `whisper/${whisper.id}`, whisper });
  }

  /** What is as it was stays the same object. */
  #set(changes: Partial<Facts>): void {
    const names = Object.keys(changes) as (keyof Facts)[];
    const isNew = (name: keyof Facts) =>
      JSON.stringify(this.facts[name]) !== JSON.stringify(changes[name]);
    const changed = names.filter(isNew).map((name) => [name, changes[name]]);
    if (changed.length > 0) this.facts = { ...this.facts, ...Object.fromEntries(changed) };
  }
}
