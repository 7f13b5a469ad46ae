import { ServerClock } from '../player/engine/server-clock.ts';
import type { Surroundings } from './surroundings.ts';

/** A `Date` header is a whole second: a few answers within one narrow it down. */
const FIRST_ASKS_MS = [0, 310, 620, 930];
/** What was measured counts for two minutes. */
const ASK_EVERY_MS = 30_000;

interface ServerTimeOptions {
  surroundings: Pick<Surroundings, 'now' | 'after' | 'fetch'>;
  origin: string;
  onChange(): void;
}

/** How far this page's clock is from the server's; measured while somebody wants to know. */
export class ServerTime {
  readonly #options: ServerTimeOptions;
  readonly #clock = new ServerClock();
  #cancels: (() => void)[] = [];

  constructor(options: ServerTimeOptions) {
    this.#options = options;
  }

  offsetMs(): number {
    return this.#clock.offsetMs();
  }

  start(): void {
    if (this.#cancels.length > 0) return;
    const { after } = this.#options.surroundings;
    this.#cancels = FIRST_ASKS_MS.map((ms) => after(ms, () => void this.#ask()));
    const repeat = () => {
      this.#cancels = [after(ASK_EVERY_MS, repeat)];
      void this.#ask();
    };
    this.#cancels.push(after(ASK_EVERY_MS, repeat));
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  async #ask(): Promise<void> {
    const { surroundings, origin, onChange } = this.#options;
    const sentAt = surroundings.now();
    try {
      const answer = await surroundings.fetch(`${origin}/healthz`, { cache: 'no-store' });
      const serverDate = Date.parse(answer.headers.get('date') ?? '');
      this.#clock.observe({ sentAt, receivedAt: surroundings.now(), serverDate });
      onChange();
    } catch {
      // The next one may get through.
    }
  }
}
