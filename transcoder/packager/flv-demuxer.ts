import { parseAacConfig } from '../../platform/media/aac-config.ts';
import { parseAudioTag } from '../../platform/media/audio-tag.ts';
import { FlvReader, type FlvTag } from '../../platform/media/flv-tag.ts';
import { parseVideoConfig } from '../../platform/media/video-config.ts';
import { parseVideoTag } from '../../platform/media/video-tag.ts';
import { type Frame, type Track, VIDEO_TIMESCALE } from './track.ts';

/** Turns the FLV of one rendition into its track and its frames; tags of the other kind are left aside. */
export class FlvDemuxer {
  readonly #kind: 'video' | 'audio';
  readonly #onTrack: (track: Track) => void;
  readonly #onFrame: (frame: Frame) => void;
  readonly #reader: FlvReader;

  constructor(options: {
    kind: 'video' | 'audio';
    /** Called once for every configuration, before the frames that need it. */
    onTrack: (track: Track) => void;
    onFrame: (frame: Frame) => void;
  }) {
    this.#kind = options.kind;
    this.#onTrack = options.onTrack;
    this.#onFrame = options.onFrame;
    this.#reader = new FlvReader({ onTag: (tag) => this.#onTag(tag) });
  }

  /** Throws AppError for bytes that are no FLV or hold a codec we cannot take. */
  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  #onTag(tag: FlvTag): void {
    if (tag.type !== this.#kind || tag.body.length === 0) return;
    if (tag.type === 'video') this.#onVideo(tag);
    else this.#onAudio(tag);
  }

  #onVideo({ body, timestampMs }: FlvTag): void {
    const { codec, kind, keyframe, compositionMs, data } = parseVideoTag(body);
    if (kind === 'frame' && data.length > 0) {
      this.#onFrame({ timeMs: timestampMs, compositionMs, keyframe, data });
    }
    if (kind !== 'config') return;
    const { codecs, width, height, fps, nalLengthBytes } = parseVideoConfig(codec, data);
    this.#onTrack({
      kind: 'video',
      codec,
      codecs,
      timescale: VIDEO_TIMESCALE,
      config: Buffer.from(data),
      width,
      height,
      declaredFps: fps,
      nalLengthBytes,
    });
  }

  #onAudio({ body, timestampMs }: FlvTag): void {
    const { codec, kind, data } = parseAudioTag(body);
    if (codec !== 'aac' || data.length === 0) return;
    if (kind === 'frame') {
      this.#onFrame({ timeMs: timestampMs, compositionMs: 0, keyframe: true, data });
    }
    if (kind !== 'config') return;
    const { codecs, sampleRate, channels, samplesPerFrame } = parseAacConfig(data);
    this.#onTrack({
      kind: 'audio',
      codecs,
      timescale: sampleRate,
      config: Buffer.from(data),
      channels,
      samplesPerFrame,
    });
  }
}
