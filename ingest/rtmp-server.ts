import { createRequire } from 'node:module';
import type RtmpProtocol from 'node-media-server/src/protocol/rtmp.js';
import { AppError, messageOf } from '../platform/errors.ts';
import { FLV_TAG_HEADER_BYTES, FLV_TAG_TRAILER_BYTES } from './media-tag.ts';
import {
  MAX_CHUNK_SIZE,
  MAX_CHUNK_STREAMS,
  MAX_UNFINISHED_BYTES,
  MESSAGE,
  MIN_ACKNOWLEDGED_BYTES,
  MIN_CHUNK_SIZE,
  messageLimit,
} from './rtmp-limits.ts';
import { Slab } from './slab.ts';

/** In place of the reader of FLV files that comes with each connection, with a buffer of 1 MiB. */
class NoFlvReader {}

function loadProtocol(): typeof RtmpProtocol {
  const require = createRequire(import.meta.url);
  const flvPath = require.resolve('node-media-server/src/protocol/flv.js');
  require(flvPath);
  const flv = require.cache[flvPath];
  if (flv !== undefined) flv.exports = NoFlvReader;
  return require('node-media-server/src/protocol/rtmp.js');
}

const Rtmp = loadProtocol();
const NOTHING = Buffer.alloc(0);
const HANDSHAKE_DONE = 3;

export const violation = (code: string, message: string) =>
  new AppError({ code, status: 400, message: `${message} The connection was closed.` });

/** Descriptions are sent in ASCII: the library counts characters where AMF counts bytes. */
const ascii = (text: string) => text.replace(/[^\x20-\x7e]/g, '?');

/**
 * node-media-server's parser of handshake and chunks, with what it does not check checked: sizes,
 * chunk sizes and counts. Its own handling of messages is never reached.
 */
export abstract class RtmpServer extends Rtmp {
  readonly #slab = new Slab();
  #unfinishedBytes = 0;
  #receivedBytes = 0;
  #acknowledgedBytes = 0;
  #closed = false;

  constructor(output: (bytes: Buffer) => void) {
    super();
    this.onOutputCallback = output;
  }

  /** Media is kept only while this is true; before, its bytes are stepped over. */
  protected abstract takesMedia(): boolean;
  /** A control, command or data message. */
  protected abstract handleMessage(type: number, payload: Buffer, streamId: number): void;
  /** `tag`: the message with room for an FLV tag round it, never written to again. */
  protected abstract handleMedia(type: 8 | 9, timestamp: number, tag: Buffer): void;
  protected abstract handleFault(error: AppError): void;

  get handshakeDone(): boolean {
    return this.handshakeState >= HANDSHAKE_DONE;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes of the socket. Never throws: a fault is handed on once, and what follows is ignored. */
  push(bytes: Buffer): void {
    if (this.#closed) return;
    this.#receivedBytes += bytes.length;
    try {
      this.parserData(bytes);
      this.#acknowledge();
    } catch (error) {
      const message = `The RTMP bytes cannot be read: ${messageOf(error)}.`;
      this.fail(error instanceof AppError ? error : violation('rtmp_invalid', message));
    }
  }

  protected fail(error: AppError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.inPackets.clear();
    this.handleFault(error);
  }

  protected sayStatus(
    streamId: number,
    status: { level: 'status' | 'error'; code: string; text: string },
  ): void {
    this.sendStatusMessage(streamId, status.level, status.code, ascii(status.text));
  }

  protected sayConnected(transId: number, objectEncoding: number): void {
    this.onConnect({ transId, cmdObj: { tcUrl: 'rtmp://localhost', app: '', objectEncoding } });
  }

  protected sayRejected(transId: number, text: string): void {
    // The library cuts chunks of this size whether it was announced or not.
    this.setChunkSize(this.outChunkSize);
    const code = 'NetConnection.Connect.Rejected';
    const info = { level: 'error', code, description: ascii(text) };
    this.sendInvokeMessage(0, { cmd: '_error', transId, cmdObj: null, info });
  }

  #acknowledge(): void {
    const window = this.ackSize ?? 0;
    const fresh = this.#receivedBytes - this.#acknowledgedBytes;
    if (window === 0 || fresh < Math.max(window / 2, MIN_ACKNOWLEDGED_BYTES)) return;
    this.#acknowledgedBytes = this.#receivedBytes;
    this.sendACK(this.#receivedBytes % 2 ** 32);
  }

  override packetParse(): void {
    super.packetParse();
    if (this.inPackets.size > MAX_CHUNK_STREAMS) {
      throw violation('rtmp_invalid', 'The encoder uses too many chunk streams.');
    }
  }

  override chunkMessageHeaderRead(): number {
    if (this.parserPacket.bytes > 0 && this.parserPacket.header.fmt !== 3) {
      throw violation('rtmp_invalid', 'An RTMP message begins inside another one.');
    }
    return super.chunkMessageHeaderRead();
  }

  /** Called at the first chunk of each message: its size and type are known, its bytes are not. */
  override packetAlloc(): void {
    const packet = this.parserPacket;
    const { length, type } = packet.header;
    // The library would throw every message away from there on, after 49.7 days.
    packet.clock %= 2 ** 32;
    packet.capacity = 0;
    packet.payload = NOTHING;
    packet.tag = undefined;
    const limit = messageLimit(type, this.takesMedia());
    if (limit === 0) return;
    this.#unfinishedBytes += length;
    if (length > limit || this.#unfinishedBytes > MAX_UNFINISHED_BYTES) {
      throw violation(
        'rtmp_message_too_large',
        `An RTMP message of ${length} bytes is larger than the ${limit} allowed; lower the bitrate.`,
      );
    }
    // A buffer for each message: the library's own is reused while we still send from it.
    const tag = this.#slab.cut(FLV_TAG_HEADER_BYTES + length + FLV_TAG_TRAILER_BYTES);
    packet.tag = tag;
    packet.capacity = length;
    packet.payload = tag.subarray(FLV_TAG_HEADER_BYTES, FLV_TAG_HEADER_BYTES + length);
  }

  override packetHandler(): void {
    const packet = this.parserPacket;
    const { tag, payload, header } = packet;
    if (this.#closed || tag === undefined) return;
    packet.tag = undefined;
    packet.payload = NOTHING;
    this.#unfinishedBytes -= payload.length;
    if (header.type === MESSAGE.video || header.type === MESSAGE.audio) {
      this.handleMedia(header.type, packet.clock, tag);
    } else {
      this.handleMessage(header.type, payload, header.stream_id);
    }
  }

  /** Throws AppError when no encoder would send chunks of so many bytes. */
  protected receiveChunksOf(bytes: number): void {
    if (bytes < MIN_CHUNK_SIZE || bytes > MAX_CHUNK_SIZE) {
      throw violation('rtmp_invalid', `The encoder sets a chunk size of ${bytes} bytes.`);
    }
    this.inChunkSize = bytes;
  }

  /** What has come of the message on this chunk stream is forgotten. */
  protected abort(chunkStream: number): void {
    const stream = this.inPackets.get(chunkStream);
    if (stream === undefined || stream.bytes === 0) return;
    this.#unfinishedBytes -= stream.payload.length;
    stream.tag = undefined;
    stream.bytes = 0;
  }
}
