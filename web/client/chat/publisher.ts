import type { ChatState } from './chat-client.ts';
import type { Surroundings } from './surroundings.ts';

/** Folds whatever happens between two frames into one change of state. */
export class Publisher {
  readonly #surroundings: Pick<Surroundings, 'nextFrame'>;
  readonly #draw: () => ChatState;
  readonly #listeners = new Set<() => void>();
  #state: ChatState | null = null;
  #cancel: (() => void) | null = null;
  #isClosed = false;

  constructor(surroundings: Pick<Surroundings, 'nextFrame'>, draw: () => ChatState) {
    this.#surroundings = surroundings;
    this.#draw = draw;
  }

  get state(): ChatState {
    this.#state ??= this.#draw();
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publishSoon(): void {
    if (this.#isClosed || this.#cancel !== null) return;
    this.#cancel = this.#surroundings.nextFrame(() => this.#publish());
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#listeners.clear();
  }

  #publish(): void {
    const before = this.#state;
    const state = this.#draw();
    // Drawing may have changed what is drawn: that is in it already.
    this.#cancel?.();
    this.#cancel = null;
    if (before !== null && isSame(before, state)) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

const isSame = (a: ChatState, b: ChatState): boolean =>
  (Object.keys(b) as (keyof ChatState)[]).every((name) => a[name] === b[name]);
