import type { Context } from '../platform/context.ts';
import { type Evictions, type StreamLifecycle, TAKEN_OVER } from './stream-lifecycle.ts';
import type { AuthoriseRequest, PublishGrant, PublishRefusal } from './worker-messages.ts';

/** Who may publish: the holder of a channel's key, one at a time, the newest one. */
export class PublishAuthority {
  readonly #context: Context;
  readonly #lifecycle: StreamLifecycle;
  readonly #evictions: Evictions;

  constructor(context: Context, lifecycle: StreamLifecycle, evictions: Evictions) {
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
    const lease = await directory.takeLease({ channel, publisherId, identity });
    if (!lease.granted) return { granted: false, code: 'taken_over', message: TAKEN_OVER };
    const stream = this.#lifecycle.attach(channel, publisherId, lease);
    if (lease.evicted !== null) this.#evictions.evict(lease.evicted, 'taken_over', TAKEN_OVER);
    const { streamId, startedAt, nextRun: run, lastMediaMs } = stream;
    return { granted: true, channel, streamId, startedAt, run, lastMediaMs };
  }

  /** The channel's key is void: its encoder has to go. */
  keyReset(channel: string): void {
    const publisherId = this.#lifecycle.publisherOf(channel);
    if (publisherId === null) return;
    const message = 'The stream key was reset. Copy the new key into the settings of your encoder.';
    this.#evictions.evict(publisherId, 'key_reset', message);
  }
}
