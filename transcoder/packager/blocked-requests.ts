import type { Clock } from '../../platform/clock.ts';
import { blockedExpired, blockedRefused, blockedRequests } from './metrics.ts';

export interface BlockedRequest {
  answer(): void;
  /** It waited too long. */
  expire(): void;
}

interface Group {
  ready(): boolean;
  requests: Map<BlockedRequest, number>;
}

const SWEEP_MS = 250;

/** How many requests may wait, over all that share it. */
export class WaitLimit {
  readonly #max: number;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  take(): boolean {
    if (this.#count >= this.#max) {
      blockedRefused.inc();
      return false;
    }
    this.#count++;
    blockedRequests.inc();
    return true;
  }

  give(): void {
    this.#count--;
    blockedRequests.dec();
  }
}

/** Requests that wait for something to exist; those that wait for the same are asked about once. */
export class BlockedRequests {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #limit: WaitLimit;
  readonly #groups = new Map<string, Group>();
  #cancelSweep: (() => void) | null = null;

  constructor(options: { clock: Clock; timeoutMs: number; limit: WaitLimit }) {
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs;
    this.#limit = options.limit;
  }

  /** @returns the function that gives up waiting; null when too many wait already */
  add(key: string, ready: () => boolean, request: BlockedRequest): (() => void) | null {
    if (!this.#limit.take()) return null;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { ready, requests: new Map() };
      this.#groups.set(key, group);
    }
    const { requests } = group;
    requests.set(request, this.#clock.now() + this.#timeoutMs);
    this.#cancelSweep ??= this.#clock.after(SWEEP_MS, () => this.#sweep());
    return () => {
      if (!requests.delete(request)) return;
      this.#limit.give();
      if (requests.size === 0 && this.#groups.get(key)?.requests === requests) {
        this.#groups.delete(key);
      }
    };
  }

  /** Something changed: answers all that waited for it, in the order they came. */
  check(): void {
    for (const [key, group] of this.#groups) {
      if (!group.ready()) continue;
      this.#groups.delete(key);
      this.#release(group, (request) => request.answer());
    }
  }

  /** Nothing more will come. */
  answerAll(): void {
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    for (const group of groups) this.#release(group, (request) => request.answer());
    this.#cancelSweep?.();
    this.#cancelSweep = null;
  }

  #release(group: Group, tell: (request: BlockedRequest) => void): void {
    const requests = [...group.requests.keys()];
    group.requests.clear();
    for (const request of requests) {
      this.#limit.give();
      tell(request);
    }
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [key, group] of this.#groups) {
      for (const [request, deadline] of group.requests) {
        if (deadline > now) break;
        group.requests.delete(request);
        this.#limit.give();
        blockedExpired.inc();
        request.expire();
      }
      if (group.requests.size === 0) this.#groups.delete(key);
    }
    const waiting = this.#groups.size > 0;
    this.#cancelSweep = waiting ? this.#clock.after(SWEEP_MS, () => this.#sweep()) : null;
  }
}
