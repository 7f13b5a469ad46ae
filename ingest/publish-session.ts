import type { Clock, NewId } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { parseAudioTag } from '../platform/media/audio-tag.ts';
import { parseVideoTag } from '../platform/media/video-tag.ts';
import {
  FIRST_MEDIA_MS,
  type PublisherFacts,
  type Source,
  type SourceAudio,
} from '../platform/stream.ts';
import type { AmfValue } from './amf0.ts';
import { FLV_TAG_HEADER_BYTES, FLV_TAG_TRAILER_BYTES, frameTag, tagBody } from './media-tag.ts';
import { MediaTimeline } from './media-timeline.ts';
import { adviseOn } from './publisher-advice.ts';
import { PublisherMeter } from './publisher-facts.ts';
import type { FeedServer } from './source-feed.ts';
import { SourceRun } from './source-run.ts';
import {
  type AudioSetup,
  classicAac,
  classicAvc,
  type Readable,
  setUpAudio,
  setUpVideo,
  type VideoSetup,
} from './track-setup.ts';
import type { PublisherReport, PublishGrant } from './worker-messages.ts';

/** Between the last media of an earlier publisher of the stream and the first of this one. */
const RESUME_GAP_MS = 100;
const ENVELOPE_BYTES = FLV_TAG_HEADER_BYTES + FLV_TAG_TRAILER_BYTES;
/** First byte of an H.264 inter or key frame, second byte of a coded frame. */
const AVC_KEYFRAME = 0x17;
const AVC_INTERFRAME = 0x27;
const AVC_CODED = 1;
const AAC = 10;

export interface PublishSessionOptions {
  publisherId: string;
  grant: PublishGrant;
  protocol: PublisherFacts['protocol'];
  /** The encoder's name for itself at connect time. */
  flashVersion: string | null;
  feeds: FeedServer;
  clock: Clock;
  newId: NewId;
  readable: Readable;
  firstSourceMs: number;
  onSource(source: Source): void;
  /** The encoder has to go: it sends what cannot be taken. */
  onRefused(error: AppError): void;
}

/** The media of one accepted publisher: checked, put on the stream's timeline, fed to its source. */
export class PublishSession {
  readonly #options: PublishSessionOptions;
  readonly #meter: PublisherMeter;
  readonly #sources: SourceRun;
  readonly #acceptedAt: number;
  #timeline: MediaTimeline | null = null;
  #video: VideoSetup | null = null;
  #audio: AudioSetup | null = null;
  #encoder: string | null;
  #declaredFps: number | null = null;
  #reportedBytes = 0;
  #takenBytes = 0;
  #takenShedFrames = 0;
  /** Wall milliseconds of the newest media message. */
  lastMediaAt: number;

  constructor(options: PublishSessionOptions) {
    this.#options = options;
    this.#acceptedAt = options.clock.now();
    this.lastMediaAt = this.#acceptedAt;
    this.#encoder = options.flashVersion;
    this.#meter = new PublisherMeter(this.#acceptedAt);
    const { feeds, newId, onSource, grant } = options;
    this.#sources = new SourceRun({ feeds, newId, onSource, firstRun: grant.run });
  }

  get streamId(): string {
    return this.#options.grant.streamId;
  }

  get lastMediaMs(): number | null {
    return this.#timeline?.lastMs ?? null;
  }

  /** Bytes of media since the last call. */
  takeBytes(): number {
    const bytes = this.#meter.bytes - this.#takenBytes;
    this.#takenBytes += bytes;
    return bytes;
  }

  /** Frames left out for slow readers since the last call. */
  takeShedFrames(): number {
    const frames = this.#sources.shedFrames - this.#takenShedFrames;
    this.#takenShedFrames += frames;
    return frames;
  }

  metadata(metadata: { [name: string]: AmfValue }): void {
    const { encoder, framerate, videocodecid, audiocodecid } = metadata;
    if (typeof encoder === 'string' && encoder !== '') this.#encoder = printable(encoder);
    if (typeof framerate === 'number' && framerate >= 1 && framerate <= 480) {
      this.#declaredFps = Math.round(framerate * 1000) / 1000;
    }
    const tracks = { video: isDeclared(videocodecid), audio: isDeclared(audiocodecid) };
    if (tracks.video || tracks.audio) this.#sources.expect(tracks);
  }

  /** `tag`: the message with room for an FLV tag round it. Throws nothing. */
  media(type: 8 | 9, timestamp: number, tag: Buffer): void {
    const now = this.#options.clock.now();
    this.lastMediaAt = now;
    if (tag.length === ENVELOPE_BYTES) return;
    try {
      if (type === 9) this.#videoMessage(tag, timestamp, now);
      else this.#audioMessage(tag, timestamp, now);
    } catch (error) {
      this.#options.onRefused(asRefusal(error));
    }
  }

  /** After the messages of one packet. */
  flush(): void {
    this.#sources.flush();
  }

  #videoMessage(tag: Buffer, timestamp: number, now: number): void {
    const first = tag[FLV_TAG_HEADER_BYTES];
    const isAvc = first === AVC_INTERFRAME || first === AVC_KEYFRAME;
    if (isAvc && tag[FLV_TAG_HEADER_BYTES + 1] === AVC_CODED && tag.length > ENVELOPE_BYTES + 5) {
      const compositionMs = tag.readIntBE(FLV_TAG_HEADER_BYTES + 2, 3);
      this.#videoFrame(tag, { timestamp, now, compositionMs, keyframe: first === AVC_KEYFRAME });
      return;
    }
    const parsed = parseVideoTag(tagBody(tag));
    const enhancedAvc = parsed.codec === 'h264' && ((first ?? 0) & 0x80) !== 0;
    const message = enhancedAvc && parsed.data.length > 0 ? classicAvc(parsed) : tag;
    if (parsed.kind === 'config') {
      this.#video = this.#withFps(setUpVideo(parsed, message, this.#options.readable));
      this.#sources.setVideo(this.#video, now);
    } else if (parsed.kind === 'frame' && parsed.data.length > 0) {
      const { keyframe, compositionMs } = parsed;
      this.#videoFrame(message, { timestamp, now, compositionMs, keyframe });
    }
  }

  #withFps(setup: VideoSetup): VideoSetup {
    return { ...setup, source: { ...setup.source, fps: setup.source.fps ?? this.#declaredFps } };
  }

  #videoFrame(
    bytes: Buffer,
    frame: { timestamp: number; now: number; compositionMs: number; keyframe: boolean },
  ): void {
    if (this.#video === null) return;
    const { now, keyframe, compositionMs } = frame;
    const timeline = this.#timelineAt(now);
    const mediaMs = timeline.place('video', frame.timestamp, now);
    const { jumped, latenessMs } = timeline;
    const size = bytes.length - ENVELOPE_BYTES;
    this.#meter.videoFrame({ size, mediaMs, keyframe, compositionMs, latenessMs, jumped });
    if (jumped) this.#sources.noteJump();
    frameTag(bytes, 9, mediaMs);
    this.#sources.push({ bytes, mediaMs, entry: keyframe, video: true }, now);
  }

  #audioMessage(tag: Buffer, timestamp: number, now: number): void {
    const first = tag[FLV_TAG_HEADER_BYTES] ?? 0;
    let message = tag;
    if (first >> 4 !== AAC || tag[FLV_TAG_HEADER_BYTES + 1] !== 1) {
      const parsed = parseAudioTag(tagBody(tag));
      if (parsed.kind === 'end' || parsed.kind === 'other') return;
      if (parsed.codec === 'aac' && first >> 4 !== AAC) message = classicAac(parsed);
      const isNew = parsed.codec !== 'aac' && parsed.codec !== this.#audio?.source.codec;
      if (parsed.kind === 'config' || isNew) {
        this.#audio = setUpAudio(parsed, message);
        this.#sources.setAudio(this.#audio, now);
      }
      if (parsed.kind === 'config') return;
    }
    if (this.#audio === null) return;
    const timeline = this.#timelineAt(now);
    const mediaMs = timeline.place('audio', timestamp, now);
    if (timeline.jumped) this.#sources.noteJump();
    this.#meter.audioFrame(message.length - ENVELOPE_BYTES, mediaMs);
    frameTag(message, 8, mediaMs);
    this.#sources.push({ bytes: message, mediaMs, entry: false, video: false }, now);
  }

  #timelineAt(now: number): MediaTimeline {
    const { startedAt, lastMediaMs } = this.#options.grant;
    this.#timeline ??= new MediaTimeline(
      Math.max(FIRST_MEDIA_MS + (now - startedAt), lastMediaMs + RESUME_GAP_MS),
    );
    return this.#timeline;
  }

  /** Call once a second. */
  tick(now: number): void {
    this.#meter.sample(now);
    this.#sources.settle(now);
    if (this.#sources.announced === 0 && now - this.#acceptedAt > this.#options.firstSourceMs) {
      this.#options.onRefused(
        new AppError({
          code: 'media_missing',
          status: 400,
          message:
            'No picture or sound that can be played came from the encoder; restart it, with H.264 video, AAC audio and a keyframe interval of 2 seconds.',
        }),
      );
    }
  }

  report(now: number): PublisherReport {
    const { publisherId, grant, protocol } = this.#options;
    const video = this.#video?.source;
    const audio = this.#audio?.source;
    const declared = {
      protocol,
      codec: video?.codec ?? null,
      profile: video?.profile ?? null,
      width: video?.width ?? null,
      height: video?.height ?? null,
      encoder: this.#encoder,
      audio: audio === undefined ? null : soundOf(audio),
    };
    const facts = this.#meter.facts(declared, this.#sources.shedFrames, now);
    const sending = this.#meter.bytes > this.#reportedBytes;
    this.#reportedBytes = this.#meter.bytes;
    return {
      publisherId,
      streamId: grant.streamId,
      facts,
      advice: adviseOn(facts, this.#meter.recent()),
      lastMediaMs: this.lastMediaMs ?? grant.lastMediaMs,
      sending,
    };
  }

  end(): void {
    this.#sources.end();
  }
}

const soundOf = ({ codec, sampleRate, channels }: SourceAudio) => ({ codec, sampleRate, channels });

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '').slice(0, 100);

/** The codec ids of onMetaData: a number, or a name such as `avc1`; 0, '' and null are none. */
const isDeclared = (codecId: AmfValue) => Boolean(codecId);

function asRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError({
    code: 'media_invalid',
    status: 400,
    message: 'The encoder sends media that cannot be read; restart the encoder.',
    cause: error,
  });
}
