/** Message type ids, RTMP 1.0 sections 5.4 and 7.1. */
export const MESSAGE = {
  setChunkSize: 1,
  abort: 2,
  windowAcknowledgementSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  dataAmf0: 18,
  commandAmf0: 20,
} as const;

const KIB = 1024;
const MAX_CONTROL_BYTES = 64;
const MAX_COMMAND_BYTES = 16 * KIB;
const MAX_DATA_BYTES = 64 * KIB;
const MAX_AUDIO_BYTES = 256 * KIB;
const MAX_VIDEO_BYTES = 8 * KIB * KIB;

/** Of all messages of a connection that have begun. */
export const MAX_UNFINISHED_BYTES = 2 * MAX_VIDEO_BYTES;
export const MAX_CHUNK_STREAMS = 32;
/** The protocol's default; smaller ones only cost the receiver time. */
export const MIN_CHUNK_SIZE = 128;
export const MAX_CHUNK_SIZE = 0xffffff;
/** An encoder that asks to be acknowledged every few bytes is not. */
export const MIN_ACKNOWLEDGED_BYTES = 64 * KIB;
/** Of an application's or a stream's name, characters. */
export const MAX_NAME_LENGTH = 512;
/** `createStream` on one connection. */
export const MAX_STREAMS = 8;

/** Largest message of a type, bytes; 0: it is stepped over without being kept. */
export function messageLimit(type: number, takesMedia: boolean): number {
  switch (type) {
    case MESSAGE.video:
      return takesMedia ? MAX_VIDEO_BYTES : 0;
    case MESSAGE.audio:
      return takesMedia ? MAX_AUDIO_BYTES : 0;
    case MESSAGE.dataAmf0:
    case MESSAGE.dataAmf3:
      return takesMedia ? MAX_DATA_BYTES : 0;
    case MESSAGE.commandAmf0:
    case MESSAGE.commandAmf3:
      return MAX_COMMAND_BYTES;
    default:
      return type >= MESSAGE.setChunkSize && type <= MESSAGE.setPeerBandwidth
        ? MAX_CONTROL_BYTES
        : 0;
  }
}
