import type { Clock } from '../../platform/clock.ts';
import { chatUnavailable } from './chat-unavailable.ts';
import { isUnknownScript } from './redis-script.ts';

const MOST_WAITING = 10_000;
const PAUSE_MS = 100;

/** What Redis says while it starts, fails over or moves slots. */
const PASSING =
  /^(LOADING|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|READONLY|BUSY|MOVED|ASK|NOREPLICAS|UNBLOCKED)\b/;

const mayPass = (error: unknown): boolean =>
  !(error instanceof Error && error.name === 'ReplyError') ||
  PASSING.test(error.message) ||
  isUnknownScript(error);

export interface RedisAttemptsOptions {
  clock: Clock;
  /** How long one thing is tried. */
  limitMs: number;
  loadScripts(): Promise<void>;
}

/**
 * Repeats what failed because Redis was away or had forgotten the scripts, for a while; what is
 * attempted must bear that. All wait together and go on in the order they came.
 */
export class RedisAttempts {
  readonly #options: RedisAttemptsOptions;
  #pause: Promise<void> | null = null;
  #waiting = 0;

  constructor(options: RedisAttemptsOptions) {
    this.#options = options;
  }

  /** @throws AppError `chat_unavailable` after the limit, or when too many wait */
  async run<T>(act: () => Promise<T>): Promise<T> {
    const { clock, limitMs } = this.#options;
    if (this.#waiting >= MOST_WAITING) throw chatUnavailable(new Error('too many wait'));
    this.#waiting += 1;
    const late = Promise.withResolvers<never>();
    const cancel = clock.after(limitMs, () =>
      late.reject(chatUnavailable(new Error('Redis does not answer'))),
    );
    try {
      return await Promise.race([this.#repeat(act, clock.now() + limitMs), late.promise]);
    } finally {
      cancel();
      this.#waiting -= 1;
    }
  }

  async #repeat<T>(act: () => Promise<T>, deadline: number): Promise<T> {
    for (;;) {
      if (this.#pause !== null) await this.#pause;
      try {
        return await act();
      } catch (error) {
        const isOver = this.#options.clock.now() + PAUSE_MS >= deadline;
        if (!mayPass(error) || isOver) throw chatUnavailable(error);
        this.#pause ??= this.#prepare(error).finally(() => {
          this.#pause = null;
        });
      }
    }
  }

  async #prepare(error: unknown): Promise<void> {
    const { clock, loadScripts } = this.#options;
    if (isUnknownScript(error)) {
      // One that cannot be loaded now is missed again, and then there is a pause.
      await loadScripts().catch(() => this.#rest(clock));
    } else await this.#rest(clock);
  }

  #rest(clock: Clock): Promise<void> {
    return new Promise((resolve) => clock.after(PAUSE_MS, resolve));
  }
}
