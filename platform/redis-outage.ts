import type { Cluster, Redis } from 'ioredis';
import type { Clock } from './clock.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** Says once that Redis is away, and once that all connections to it are back. */
export class RedisOutage {
  readonly #server: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #away = new Set<Redis | Cluster>();
  #since: number | null = null;

  constructor(server: string, clock: Clock, log: Log) {
    this.#server = server;
    this.#clock = clock;
    this.#log = log;
  }

  watch(client: Redis | Cluster): void {
    let wasReady = false;
    let reason = 'the connection was closed';
    client.on('error', (error: unknown) => {
      reason = messageOf(error);
    });
    client.on('ready', () => {
      wasReady = true;
      this.#back(client);
    });
    client.on('reconnecting', () => {
      if (wasReady) this.#gone(client, reason);
    });
    client.on('end', () => this.#away.delete(client));
  }

  #gone(client: Redis | Cluster, reason: string): void {
    this.#away.add(client);
    if (this.#since !== null) return;
    this.#since = this.#clock.now();
    this.#log.error({ server: this.#server, reason }, 'redis is away');
  }

  #back(client: Redis | Cluster): void {
    this.#away.delete(client);
    if (this.#since === null || this.#away.size > 0) return;
    this.#log.info(
      { server: this.#server, awayMs: this.#clock.now() - this.#since },
      'redis is back',
    );
    this.#since = null;
  }
}
