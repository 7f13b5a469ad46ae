import type { Clock, NewId } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { AmfValue } from './amf0.ts';
import type { FeedServer } from './feed-server.ts';
import { PublishSession } from './publish-session.ts';
import type { ConnectionListener, RtmpConnection } from './rtmp-connection.ts';
import type { PublishRequest } from './rtmp-session.ts';
import type { Readable } from './track-setup.ts';
import type {
  AuthoriseRequest,
  FromWorker,
  GoneReason,
  PublisherGone,
  PublishGrant,
  PublishRefusal,
} from './worker-messages.ts';
import type { WrongKeys } from './wrong-keys.ts';

/** What the publishers of one worker share. */
export interface PublisherHouse {
  clock: Clock;
  newId: NewId;
  feeds: FeedServer;
  wrongKeys: WrongKeys;
  readable: Readable;
  firstSourceMs: number;
  /** By stream: media time that its publishers so far reached. */
  reached: Map<string, number>;
  post(message: FromWorker): void;
  /** Null: there is room for one more. */
  fullBecause(): AppError | null;
  opened(publisher: Publisher): void;
  accepted(publisher: Publisher, connection: RtmpConnection): void;
  closed(publisher: Publisher): void;
  refused(error: AppError, address: string): void;
}

export const refusal = (code: string, message: string, status = 403) =>
  new AppError({ code, status, message });

const KEY_MISSING = refusal(
  'stream_key_missing',
  'The encoder sent no stream key; copy the key of your channel into its settings.',
);
const KEYS_CROWDED = refusal(
  'keys_crowded',
  'Too many wrong stream keys came from this address. Check the key, and try again in a minute.',
);

/** One connection's way to publish: asked for, authorised, sending, gone. */
export class Publisher implements ConnectionListener {
  readonly id: string;
  readonly #house: PublisherHouse;
  #connection: RtmpConnection | null = null;
  #flashVersion: string | null = null;
  #gone = false;
  #fault: PublisherGone['fault'] = null;
  #session: PublishSession | null = null;

  constructor(house: PublisherHouse) {
    this.#house = house;
    this.id = house.newId();
  }

  get session(): PublishSession | null {
    return this.#session;
  }

  publish(connection: RtmpConnection, request: PublishRequest): void {
    const { address } = connection;
    this.#connection = connection;
    this.#flashVersion = request.flashVersion;
    const reason = request.streamKey === '' ? KEY_MISSING : this.#house.fullBecause();
    if (reason !== null) {
      connection.refuse(reason);
      return;
    }
    this.#house.opened(this);
    const asked: AuthoriseRequest = {
      publisherId: this.id,
      streamKey: request.streamKey,
      address,
      identity: `${address} ${request.flashVersion ?? ''}`,
    };
    this.#house.post({ type: 'authorise', ...asked });
  }

  /** The main thread's answer to `authorise`. */
  answer(answer: PublishGrant | PublishRefusal): void {
    const connection = this.#connection;
    if (connection === null) return;
    if (!answer.granted) this.#refuse(connection, answer);
    else if (this.#gone) this.#report('lost');
    else this.#begin(connection, answer);
  }

  #begin(connection: RtmpConnection, answer: PublishGrant): void {
    this.#session = this.#openSession(connection, answer);
    this.#house.accepted(this, connection);
    connection.accept();
  }

  #openSession(connection: RtmpConnection, grant: PublishGrant): PublishSession {
    const { feeds, clock, newId, readable, firstSourceMs, post } = this.#house;
    const publisherId = this.id;
    const { streamId } = grant;
    const lastMediaMs = Math.max(grant.lastMediaMs, this.#house.reached.get(streamId) ?? 0);
    return new PublishSession({
      publisherId,
      grant: { ...grant, lastMediaMs },
      protocol: connection.protocol,
      flashVersion: this.#flashVersion,
      feeds,
      clock,
      newId,
      readable,
      firstSourceMs,
      onSource: (source) => post({ type: 'source', publisherId, streamId, source }),
      onRefused: (error) => connection.refuse(error),
    });
  }

  #refuse(connection: RtmpConnection, answer: PublishRefusal): void {
    if (answer.code === 'stream_key_unknown') this.#refuseKey(connection, answer);
    else connection.refuse(refusal(answer.code, answer.message));
    if (this.#gone) this.#house.closed(this);
  }

  #refuseKey(connection: RtmpConnection, { code, message }: PublishRefusal): void {
    const { wrongKeys, clock } = this.#house;
    const { address } = connection;
    const delayMs = wrongKeys.note(address, clock.now());
    if (delayMs === 'crowded') {
      connection.refuse(KEYS_CROWDED);
      return;
    }
    const say = () => {
      wrongKeys.answered(address);
      connection.refuse(refusal(code, message));
    };
    if (delayMs === 0) say();
    else clock.after(delayMs, say);
  }

  /** Another one publishes in its place, or its key is void. */
  evict(code: string, message: string): void {
    this.#connection?.refuse(refusal(code, message, 409));
  }

  /** Sends nothing any more. */
  cut(): void {
    this.#connection?.cut();
  }

  media(type: 8 | 9, timestamp: number, tag: Buffer): void {
    this.#session?.media(type, timestamp, tag);
  }

  metadata(metadata: { [name: string]: AmfValue }): void {
    this.#session?.metadata(metadata);
  }

  packetDone(): void {
    this.#session?.flush();
  }

  failed(connection: RtmpConnection, error: AppError): void {
    this.#fault = { code: error.code, message: error.message };
    this.#house.refused(error, connection.address);
  }

  gone(_connection: RtmpConnection, reason: GoneReason): void {
    this.#gone = true;
    if (this.#session !== null) this.#report(reason);
  }

  #report(reason: GoneReason): void {
    const lastMediaMs = this.#session?.lastMediaMs ?? null;
    if (this.#session !== null && lastMediaMs !== null) {
      noteReached(this.#house.reached, this.#session.streamId, lastMediaMs);
    }
    this.#session?.end();
    this.#house.post({
      type: 'gone',
      publisherId: this.id,
      reason,
      lastMediaMs,
      fault: this.#fault,
    });
    this.#house.closed(this);
  }
}

/** Of the newest streams: an old one's time comes with its next grant. */
const STREAMS_NOTED = 2000;

function noteReached(reached: Map<string, number>, streamId: string, mediaMs: number): void {
  reached.delete(streamId);
  reached.set(streamId, mediaMs);
  const [oldest] = reached.keys();
  if (reached.size > STREAMS_NOTED && oldest !== undefined) reached.delete(oldest);
}
