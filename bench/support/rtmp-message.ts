/** How OBS cuts its messages. */
export const CHUNK_BYTES = 4096;

/** Chunk streams as encoders use them: one for commands, one for audio, one for video. */
export const CHUNK_STREAM = { control: 2, command: 3, audio: 4, video: 6 } as const;

const EXTENDED = 0xffffff;

export interface RtmpMessage {
  chunkStream: number;
  type: number;
  messageStream: number;
  timestampMs: number;
  body: Buffer;
}

function firstHeader(message: RtmpMessage): Buffer {
  const isExtended = message.timestampMs >= EXTENDED;
  const header = Buffer.alloc(isExtended ? 16 : 12);
  header[0] = message.chunkStream;
  header.writeUIntBE(isExtended ? EXTENDED : message.timestampMs, 1, 3);
  header.writeUIntBE(message.body.length, 4, 3);
  header[7] = message.type;
  header.writeUInt32LE(message.messageStream, 8);
  if (isExtended) header.writeUInt32BE(message.timestampMs >>> 0, 12);
  return header;
}

/** One message cut into chunks, each message with a full header (RTMP 1.0 section 5.3.1). */
export function rtmpChunks(message: RtmpMessage, chunkBytes = CHUNK_BYTES): Buffer {
  const first = firstHeader(message);
  const parts: Buffer[] = [first, message.body.subarray(0, chunkBytes)];
  const next = Buffer.concat([Buffer.of(0xc0 | message.chunkStream), first.subarray(12)]);
  for (let at = chunkBytes; at < message.body.length; at += chunkBytes) {
    parts.push(next, message.body.subarray(at, at + chunkBytes));
  }
  return Buffer.concat(parts);
}

type AmfValue = string | number | null | Record<string, string>;

function amfString(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function amf0(value: AmfValue): Buffer {
  if (value === null) return Buffer.of(5);
  if (typeof value === 'string') return Buffer.concat([Buffer.of(2), amfString(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  const fields = Object.entries(value).flatMap(([name, text]) => [amfString(name), amf0(text)]);
  return Buffer.concat([Buffer.of(3), ...fields, Buffer.of(0, 0, 9)]);
}

/** A command as one message (type 20, AMF0). */
export function rtmpCommand(values: AmfValue[], messageStream: number, chunkBytes: number): Buffer {
  const body = Buffer.concat(values.map(amf0));
  const { command } = CHUNK_STREAM;
  return rtmpChunks(
    { chunkStream: command, type: 20, messageStream, timestampMs: 0, body },
    chunkBytes,
  );
}
