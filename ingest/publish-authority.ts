import { createHash } from 'node:crypto';
import type { StreamContext } from '../platform/context.ts';
import type { StreamPublisher } from './open-stream.ts';
import { type Evictions, type StreamLifecycle, TAKEN_OVER } from './stream-lifecycle.ts';
import type { AuthoriseRequest, PublishGrant, PublishRefusal } from './worker-messages.ts';

const KEY_RESET = 'The stream key was reset. Copy the new key into the settings of your encoder.';

/** Who may publish: the holder of a channel's key, one at a time, the newest one. */
export class PublishAuthority {
  readonly #context: StreamContext;
  readonly #lifecycle: StreamLifecycle;
  readonly #evictions: Evictions;

  constructor(context: StreamContext, lifecycle: StreamLifecycle, evictions: Evictions) {
    this.#context = context;
    this.#lifecycle = lifecycle;
    this.#evictions = evictions;
  }

  /** Checks the key and takes the channel's lease; the publisher that had it is evicted. */
  async authorise(request: AuthoriseRequest): Promise<PublishGrant | PublishRefusal> {
    const { channels, directory } = this.#context;
    const found = await channels.byStreamKey(request.streamKey);
    if (found === null) {
      return {
        granted: false,
        code: 'stream_key_unknown',
        message: 'Unknown stream key. Check the stream key in the settings of your encoder.',
      };
    }
    const channel = found.name;
    await this.#lifecycle.ending(channel);
    const { publisherId, identity } = request;
    // Before the lease: between that and its use nobody else may come.
    const before = await directory.byChannel(channel);
    const lease = await directory.takeLease({ channel, publisherId, identity });
    if (!lease.granted) return { granted: false, code: 'taken_over', message: TAKEN_OVER };
    const publisher = { publisherId, keyHash: hashOf(request.streamKey) };
    const stream = this.#lifecycle.attach(channel, publisher, lease, before);
    if (lease.evicted !== null) this.#evictions.evict(lease.evicted, 'taken_over', TAKEN_OVER);
    if (!(await this.#stillOpens(channel, publisher))) {
      this.#lifecycle.gone({ publisherId, reason: 'lost', lastMediaMs: null, fault: null });
      return { granted: false, code: 'key_reset', message: KEY_RESET };
    }
    const { streamId, startedAt, nextRun: run, lastMediaMs } = stream;
    return { granted: true, channel, streamId, startedAt, run, lastMediaMs };
  }

  /** The channel has another key: an encoder on the one before has to go. */
  async keyReset(channel: string): Promise<void> {
    const before = this.#lifecycle.publisherOf(channel);
    if (before === null || (await this.#stillOpens(channel, before))) return;
    this.#evictions.evict(before.publisherId, 'key_reset', KEY_RESET);
  }

  /** What cannot be checked does not open the channel: an encoder with the right key comes back. */
  async #stillOpens(channel: string, { keyHash }: StreamPublisher): Promise<boolean> {
    const { channels, log } = this.#context;
    try {
      const key = await channels.streamKeyOf(channel);
      return key !== null && hashOf(key) === keyHash;
    } catch (error) {
      log.error({ err: error, channel }, 'key check failed');
      return false;
    }
  }
}

const hashOf = (key: string) => createHash('sha256').update(key).digest('base64');
