import { AppError } from '../platform/errors.ts';
import { type AmfValue, amfObject } from './amf0.ts';
import { MAX_NAME_LENGTH, MAX_STREAMS } from './rtmp-limits.ts';
import { type RtmpCommand, RtmpMessages } from './rtmp-messages.ts';
import { violation } from './rtmp-server.ts';

export const RTMP_APP = 'live';

export interface PublishRequest {
  /** What the encoder gave as stream key, without its query; empty when it gave none. */
  streamKey: string;
  /** The encoder's name for itself at connect time. */
  flashVersion: string | null;
}

/** What one connection of an encoder says, after it was checked. */
export interface RtmpSessionListener {
  output(bytes: Buffer): void;
  /** Answer with `accept` or `refuse`, now or later. */
  publish(request: PublishRequest): void;
  /**
   * Only after `accept`. `tag` has room for the header and trailer of an FLV tag round the message.
   * `timestamp` has 32 bits.
   */
  media(type: 8 | 9, timestamp: number, tag: Buffer): void;
  metadata(metadata: { [name: string]: AmfValue }): void;
  /** The encoder stops publishing in good order. */
  stopped(): void;
  /** Nothing more can be done with this connection; what was sent may still be flushed. */
  failed(error: AppError): void;
}

type State = 'connecting' | 'connected' | 'authorising' | 'publishing' | 'stopped';

/** The server's side of one RTMP connection, which may publish once and do nothing else. */
export class RtmpSession extends RtmpMessages {
  readonly #listener: RtmpSessionListener;
  #state: State = 'connecting';
  #app = '';
  #flashVersion: string | null = null;
  #streams = 0;
  #publishStreamId = 0;

  constructor(listener: RtmpSessionListener) {
    super((bytes) => listener.output(bytes));
    this.#listener = listener;
  }

  accept(): void {
    if (this.closed || this.#state !== 'authorising') return;
    this.#state = 'publishing';
    const code = 'NetStream.Publish.Start';
    this.sayStatus(this.#publishStreamId, { level: 'status', code, text: 'Publishing.' });
  }

  /** Tells the encoder why, in words and code, then takes nothing more. */
  refuse(error: AppError): void {
    if (this.closed) return;
    const code = 'NetStream.Publish.BadName';
    this.sayStatus(this.#publishStreamId, { level: 'error', code, text: error.message });
    this.fail(error);
  }

  protected override takesMedia(): boolean {
    return this.#state === 'publishing';
  }

  protected override handleMedia(type: 8 | 9, timestamp: number, tag: Buffer): void {
    // It may have begun before the encoder stopped.
    if (this.#state === 'publishing') this.#listener.media(type, timestamp, tag);
  }

  protected override handleFault(error: AppError): void {
    this.#listener.failed(error);
  }

  protected override handleData(values: AmfValue[]): void {
    const name = values[0] === '@setDataFrame' ? values[1] : values[0];
    const metadata = amfObject(values.at(-1));
    if (name === 'onMetaData' && metadata !== null) this.#listener.metadata(metadata);
  }

  protected override handleCommand(command: RtmpCommand): void {
    switch (command.name) {
      case 'connect':
        this.#connect(command);
        break;
      case 'createStream':
        this.#createStream(command);
        break;
      case 'publish':
        this.#publish(command);
        break;
      case 'play':
      case 'play2':
        this.#refusePlay(command);
        break;
      case 'deleteStream':
      case 'closeStream':
      case 'FCUnpublish':
        this.#stop();
    }
  }

  #stop(): void {
    if (this.#state !== 'publishing') return;
    this.#state = 'stopped';
    this.#listener.stopped();
  }

  #connect({ transactionId, values }: RtmpCommand): void {
    const options = amfObject(values[0]);
    const app = options?.['app'];
    if (this.#state !== 'connecting' || typeof app !== 'string' || app.length > MAX_NAME_LENGTH) {
      throw violation('rtmp_invalid', 'The encoder sends a connect command that cannot be right.');
    }
    this.#app = trimmed(app);
    if (this.#app !== RTMP_APP && !this.#app.startsWith(`${RTMP_APP}/`)) {
      this.#refuseApp(transactionId);
      return;
    }
    const version = options?.['flashVer'];
    this.#flashVersion = typeof version === 'string' ? version.slice(0, 100) : null;
    this.#state = 'connected';
    this.sayConnected(transactionId, options?.['objectEncoding'] === 3 ? 3 : 0);
  }

  #refuseApp(transactionId: number): void {
    const error = new AppError({
      code: 'rtmp_app_unknown',
      status: 404,
      message: `There is no such application on this server; set rtmp://THIS_SERVER/${RTMP_APP} as the server in your encoder.`,
    });
    this.sayRejected(transactionId, error.message);
    this.fail(error);
  }

  #createStream({ transactionId }: RtmpCommand): void {
    if (this.#state === 'connecting' || ++this.#streams > MAX_STREAMS) {
      throw violation('rtmp_invalid', 'The encoder asks for a stream out of turn.');
    }
    this.respondCreateStream(transactionId);
  }

  /** The key is the stream's name, or the path behind the application when the name is empty. */
  #publish({ values, streamId }: RtmpCommand): void {
    if (this.#state !== 'connected') {
      throw violation('rtmp_invalid', 'The encoder publishes out of turn or a second time.');
    }
    this.#state = 'authorising';
    this.#publishStreamId = streamId;
    const name = values[1];
    const named = typeof name === 'string' && name.length <= MAX_NAME_LENGTH ? trimmed(name) : '';
    const streamKey = named || this.#app.slice(RTMP_APP.length + 1);
    this.#listener.publish({ streamKey, flashVersion: this.#flashVersion });
  }

  #refusePlay({ streamId }: RtmpCommand): void {
    const error = new AppError({
      code: 'rtmp_play_refused',
      status: 403,
      message: 'This server does not play over RTMP; watch the channel in a browser instead.',
    });
    const code = 'NetStream.Play.Failed';
    this.sayStatus(streamId, { level: 'error', code, text: error.message });
    this.fail(error);
  }
}

/** Without its query and the slashes round it. */
const trimmed = (name: string) => (name.split('?')[0] ?? '').replace(/^\/+|\/+$/g, '');
