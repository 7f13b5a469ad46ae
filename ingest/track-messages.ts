import { parseAudioTag } from '../platform/media/audio-tag.ts';
import { parseVideoTag } from '../platform/media/video-tag.ts';
import { ENVELOPE_BYTES, FLV_TAG_HEADER_BYTES, tagBody } from './media-tag.ts';
import {
  type AudioSetup,
  classicAac,
  classicAvc,
  type Readable,
  setUpAudio,
  setUpVideo,
  type VideoSetup,
} from './track-setup.ts';

/** First byte of an H.264 inter or key frame, second byte of a coded frame. */
const AVC_KEYFRAME = 0x17;
const AVC_INTERFRAME = 0x27;
const AVC_CODED = 1;
const AAC = 10;

/** When a message came: the encoder's 32-bit timestamp and wall milliseconds. */
export interface Arrival {
  timestamp: number;
  now: number;
}

export interface VideoFrame {
  compositionMs: number;
  keyframe: boolean;
}

/** Bytes are the message, in the layout that every ffmpeg reads, with room for an FLV tag round it. */
export interface TrackListener {
  videoSetup(setup: VideoSetup, arrival: Arrival): void;
  audioSetup(setup: AudioSetup, arrival: Arrival): void;
  videoFrame(bytes: Buffer, arrival: Arrival, frame: VideoFrame): void;
  audioFrame(bytes: Buffer, arrival: Arrival): void;
}

/** Tells what an encoder's media messages hold: the configuration of a track, or a frame of it. */
export class TrackMessages {
  readonly #readable: Readable;
  readonly #listener: TrackListener;
  #audioCodec: AudioSetup['source']['codec'] | null = null;

  constructor(readable: Readable, listener: TrackListener) {
    this.#readable = readable;
    this.#listener = listener;
  }

  /** `tag`: a message with room for an FLV tag round it. Throws AppError for what cannot be taken. */
  read(type: 8 | 9, tag: Buffer, arrival: Arrival): void {
    if (type === 9) this.#video(tag, arrival);
    else this.#audio(tag, arrival);
  }

  #video(tag: Buffer, arrival: Arrival): void {
    const first = tag[FLV_TAG_HEADER_BYTES];
    const isAvc = first === AVC_INTERFRAME || first === AVC_KEYFRAME;
    if (isAvc && tag[FLV_TAG_HEADER_BYTES + 1] === AVC_CODED && tag.length > ENVELOPE_BYTES + 5) {
      const compositionMs = tag.readIntBE(FLV_TAG_HEADER_BYTES + 2, 3);
      const keyframe = first === AVC_KEYFRAME;
      this.#listener.videoFrame(tag, arrival, { compositionMs, keyframe });
      return;
    }
    const parsed = parseVideoTag(tagBody(tag));
    const enhancedAvc = parsed.codec === 'h264' && ((first ?? 0) & 0x80) !== 0;
    const message = enhancedAvc && parsed.data.length > 0 ? classicAvc(parsed) : tag;
    if (parsed.kind === 'config') {
      this.#listener.videoSetup(setUpVideo(parsed, message, this.#readable), arrival);
    } else if (parsed.kind === 'frame' && parsed.data.length > 0) {
      this.#listener.videoFrame(message, arrival, parsed);
    }
  }

  #audio(tag: Buffer, arrival: Arrival): void {
    const first = tag[FLV_TAG_HEADER_BYTES] ?? 0;
    if (first >> 4 === AAC && tag[FLV_TAG_HEADER_BYTES + 1] === 1) {
      this.#listener.audioFrame(tag, arrival);
      return;
    }
    const parsed = parseAudioTag(tagBody(tag));
    if (parsed.kind === 'end' || parsed.kind === 'other') return;
    const message = parsed.codec === 'aac' && first >> 4 !== AAC ? classicAac(parsed) : tag;
    const isNew = parsed.codec !== 'aac' && parsed.codec !== this.#audioCodec;
    if (parsed.kind === 'config' || isNew) {
      const setup = setUpAudio(parsed, message);
      this.#audioCodec = setup.source.codec;
      this.#listener.audioSetup(setup, arrival);
    }
    if (parsed.kind !== 'config') this.#listener.audioFrame(message, arrival);
  }
}
