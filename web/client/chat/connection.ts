import type { ClientMessage, Position } from '../../../platform/protocol/chat/client-messages.ts';
import { CLOSE, comesBack } from '../../../platform/protocol/chat/close-codes.ts';
import { retryDelayMs } from '../events/retry-delay.ts';
import type { ChatStatus, Transport } from './chat-client.ts';
import { closedReason } from './closed-reasons.ts';
import { Ladder } from './ladder.ts';
import type { Heard, Link, LinkEnd } from './link.ts';
import { openLink } from './open-link.ts';
import { SleepWatch } from './sleep-watch.ts';
import type { Surroundings } from './surroundings.ts';

/** The server says something every 10 s. */
const SILENCE_MS = 25_000;
/** After it, somebody who wakes up takes the line for dead. */
const WAKE_SILENCE_MS = 12_000;
const SETTLED_MS = 5_000;
const CROWDED_MS = 5_000;

export interface ConnectionOptions {
  surroundings: Surroundings;
  origin: string;
  channel: string;
  /** Asked for each link: it may have run out meanwhile. */
  token: () => string | null;
  position(): Position | null;
  hear(message: Heard): void;
  onStatus(status: ChatStatus): void;
  /** The person is a guest from now on. */
  onTokenOver(): void;
}

/** One line to the server at a time, over whatever gets through; it comes back by itself. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #ladder = new Ladder();
  readonly #sleepWatch: SleepWatch;
  #status: ChatStatus = { kind: 'connecting' };
  #link: Link | null = null;
  #probe: Link | null = null;
  #upSince: number | null = null;
  #heardAt = 0;
  #attempt = 0;
  #cancelRetry = () => {};
  #cancelProbe = () => {};
  #shownToken: string | null = null;
  /** It ran out: not shown again. */
  #deadToken: string | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#sleepWatch = new SleepWatch(options.surroundings, {
      onWake: (what) => this.#wake(what),
      onTick: () => this.#checkSilence(SILENCE_MS),
    });
  }

  get isUp(): boolean {
    return this.#upSince !== null;
  }

  start(): void {
    this.#sleepWatch.start();
    this.#connect();
  }

  send(message: ClientMessage): void {
    if (this.isUp) this.#link?.send(message);
  }

  /** Something that was sent is not answered: what carries one way only carries nothing. */
  distrust(): void {
    this.#drop({ kind: 'unfit' });
  }

  close(): void {
    this.#sleepWatch.stop();
    this.#letGo();
  }

  #connect(): void {
    this.#letGo();
    this.#heardAt = this.#options.surroundings.now();
    const link = this.#open(this.#ladder.transport, {
      hear: (message) => this.#hear(message),
      end: (end) => this.#ended(end),
    });
    this.#link = link;
  }

  #open(transport: Link['transport'], host: { hear(m: Heard): void; end(e: LinkEnd): void }): Link {
    const { surroundings, origin, channel, position } = this.#options;
    const token = this.#token();
    this.#shownToken = token;
    const after = position();
    return openLink(transport, { surroundings, origin, channel, token, after, host });
  }

  #token(): string | null {
    const token = this.#options.token();
    return token === this.#deadToken ? null : token;
  }

  #hear(message: Heard): void {
    this.#heardAt = this.#options.surroundings.now();
    if (message.type === 'welcome' && this.#link !== null) this.#up(this.#link.transport);
    this.#options.hear(message);
  }

  #up(transport: Transport): void {
    this.#upSince ??= this.#heardAt;
    this.#tell({ kind: 'live', transport });
    if (transport !== 'websocket') this.#probeLater();
  }

  #ended(end: LinkEnd): void {
    const { surroundings } = this.#options;
    const upForMs = this.#upSince === null ? null : surroundings.now() - this.#upSince;
    this.#letGo();
    if (end.kind === 'told' && !comesBack(end.code)) {
      this.#closeForGood(end);
      return;
    }
    if (upForMs !== null && upForMs >= SETTLED_MS) this.#attempt = 0;
    const isAtOnce = this.#ladder.ended(end.kind, upForMs);
    this.#lost();
    if (end.kind === 'told' && end.code === CLOSE.tokenExpired) this.#giveUpToken();
    const waitMs = isAtOnce ? 0 : this.#retryInMs(end);
    this.#cancelRetry = surroundings.after(waitMs, () => this.#connect());
  }

  #retryInMs(end: LinkEnd): number {
    const delay = retryDelayMs(this.#attempt, this.#options.surroundings.random);
    this.#attempt++;
    if (end.kind !== 'told') return delay;
    const isCrowded = end.code === CLOSE.tooMany || end.code === CLOSE.flooding;
    return Math.max(delay, end.retryAfterMs ?? 0, isCrowded ? CROWDED_MS : 0);
  }

  #closeForGood(end: Extract<LinkEnd, { kind: 'told' }>): void {
    this.#sleepWatch.stop();
    const reason = end.reason || closedReason(end.code);
    this.#tell({ kind: 'closed', code: end.code, reason });
  }

  #giveUpToken(): void {
    if (this.#shownToken === null) return;
    this.#deadToken = this.#shownToken;
    // A fresh one may be there already.
    if (this.#token() === null) this.#options.onTokenOver();
  }

  #lost(): void {
    if (this.#status.kind === 'live')
      this.#tell({ kind: 'reconnecting', sinceMs: this.#options.surroundings.now() });
  }

  #tell(status: ChatStatus): void {
    this.#status = status;
    this.#options.onStatus(status);
  }

  #letGo(): void {
    this.#cancelRetry();
    this.#cancelProbe();
    this.#link?.close();
    this.#probe?.close();
    this.#link = this.#probe = this.#upSince = null;
  }

  #drop(end: LinkEnd): void {
    if (this.#link !== null) this.#ended(end);
  }

  #checkSilence(mostMs: number): void {
    const silentMs = this.#options.surroundings.now() - this.#heardAt;
    if (this.isUp && silentMs > mostMs) this.#drop({ kind: 'unfit' });
  }

  #wake(what: 'network' | 'page'): void {
    if (this.#status.kind === 'closed') return;
    const silentMs = this.#options.surroundings.now() - this.#heardAt;
    if (what === 'page' && this.#link !== null && silentMs <= WAKE_SILENCE_MS) return;
    if (what === 'network') this.#ladder.reset();
    this.#attempt = 0;
    this.#lost();
    this.#connect();
  }

  #probeLater(): void {
    this.#cancelProbe();
    const { surroundings } = this.#options;
    this.#cancelProbe = surroundings.after(this.#ladder.probeInMs, () => this.#startProbe());
  }

  /** Beside the fallback, which goes on until a socket has been welcomed. */
  #startProbe(): void {
    const probe = this.#open('websocket', {
      hear: (message) => {
        if (this.#probe === probe && message.type === 'welcome') this.#adopt(probe);
        this.#hear(message);
      },
      end: (end) => {
        if (this.#link === probe) this.#ended(end);
        else this.#probeFailed();
      },
    });
    this.#probe = probe;
  }

  #probeFailed(): void {
    this.#probe = null;
    this.#ladder.probeFailed();
    this.#probeLater();
  }

  #adopt(probe: Link): void {
    this.#probe = null;
    this.#letGo();
    this.#link = probe;
    this.#ladder.climb();
  }
}
