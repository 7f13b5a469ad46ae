import type { Limit, RateLimit, Taken } from './rate-limit.ts';

/** What one message took of the limits: counted once however often it comes, and given back when it is refused. */
export class Uses {
  readonly #limits: RateLimit;
  readonly #name: string;
  readonly #taken: string[] = [];

  constructor(limits: RateLimit, name: string) {
    this.#limits = limits;
    this.#name = name;
  }

  async take(key: string, limit: Limit): Promise<Taken> {
    const taken = await this.#limits.take(key, limit, this.#name);
    if (taken.granted) this.#taken.push(key);
    return taken;
  }

  async giveBack(): Promise<void> {
    await Promise.all(this.#taken.map((key) => this.#limits.giveBack(key, this.#name)));
  }
}
