import type { ServerEvent } from '../../../platform/protocol/events.ts';

export type Followed<T> = { kind: 'failed'; reason: string } | { kind: 'known'; facts: T };

export interface Following<T> {
  ask(signal: AbortSignal): Promise<T>;
  subscribe(hear: (event: ServerEvent) => void): () => void;
  /** What an event makes of the facts; the same object when it changes nothing. */
  apply(facts: T, event: ServerEvent): T;
  /** True when the server knows more about this than the event said. */
  needsAsking(event: ServerEvent, before: T, after: T): boolean;
  show(followed: Followed<T>): void;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** From 0 to below 1. */
  random(): number;
}

/** All viewers of a stream hear of an event at the same moment: they ask within this, not at once. */
const SPREAD_MS = 1_500;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/**
 * Keeps facts of the server true: asks once, applies every event, and asks again for what events
 * do not carry. One question is open at a time, and what was heard while it was is applied to its
 * answer, so that no answer takes back an event. Returns the function that ends it.
 */
export function follow<T>(following: Following<T>): () => void {
  const { apply, needsAsking, show, after, random } = following;
  const left = new AbortController();
  let known: { facts: T } | null = null;
  let heard: ServerEvent[] | null = null;
  let waiting: { cancel(): void; forRetry: boolean } | null = null;
  let retryMs = FIRST_RETRY_MS;

  const askIn = (ms: number, forRetry = false) => {
    if (waiting?.forRetry === false) return;
    waiting?.cancel();
    waiting = { cancel: after(ms, () => void ask()), forRetry };
  };
  const take = (facts: T, event: ServerEvent): T => {
    const next = apply(facts, event);
    if (needsAsking(event, facts, next)) askIn(random() * SPREAD_MS);
    return next;
  };
  const land = (answer: T, since: ServerEvent[]) => {
    retryMs = FIRST_RETRY_MS;
    known = { facts: since.reduce(take, answer) };
    show({ kind: 'known', facts: known.facts });
  };
  const fail = (error: unknown) => {
    const reason = error instanceof Error ? error.message : 'The server cannot be reached.';
    if (known === null) show({ kind: 'failed', reason });
    askIn(retryMs * (0.5 + random() / 2), true);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };
  const ask = async () => {
    waiting = null;
    // The answer that is on its way asks again, as what is heard now is kept for it.
    if (heard !== null) return;
    const since: ServerEvent[] = [];
    heard = since;
    const outcome = await following.ask(left.signal).then(
      (answer) => () => land(answer, since),
      (error: unknown) => () => fail(error),
    );
    heard = null;
    if (!left.signal.aborted) outcome();
  };
  const hear = (event: ServerEvent) => {
    if (event.type === 'beat') return;
    heard?.push(event);
    if (known === null) {
      if (heard === null) askIn(0);
      return;
    }
    const facts = take(known.facts, event);
    if (facts === known.facts) return;
    known = { facts };
    show({ kind: 'known', facts });
  };

  const unsubscribe = following.subscribe(hear);
  void ask();
  return () => {
    left.abort();
    waiting?.cancel();
    unsubscribe();
  };
}

export function afterMs(ms: number, callback: () => void): () => void {
  const timer = window.setTimeout(callback, ms);
  return () => window.clearTimeout(timer);
}
