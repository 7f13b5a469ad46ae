import type { Clock, NewId } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import {
  FIRST_MEDIA_MS,
  type PublisherFacts,
  type Source,
  type SourceAudio,
} from '../platform/stream.ts';
import type { AmfValue } from './amf0.ts';
import { readMetadata } from './encoder-metadata.ts';
import type { FeedServer } from './feed-server.ts';
import { ENVELOPE_BYTES, frameTag } from './media-tag.ts';
import { MediaTimeline } from './media-timeline.ts';
import { adviseOn } from './publisher-advice.ts';
import { PublisherMeter } from './publisher-facts.ts';
import { SourceRun } from './source-run.ts';
import { type Arrival, TrackMessages, type VideoFrame } from './track-messages.ts';
import type { AudioSetup, Readable, VideoSetup } from './track-setup.ts';
import type { PublisherReport, PublishGrant } from './worker-messages.ts';

/** Between the last media of an earlier publisher of the stream and the first of this one. */
const RESUME_GAP_MS = 100;
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
  readonly #messages: TrackMessages;
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
    this.#messages = new TrackMessages(options.readable, {
      videoSetup: (setup, { now }) => this.#setVideo(setup, now),
      audioSetup: (setup, { now }) => this.#setAudio(setup, now),
      videoFrame: (bytes, arrival, frame) => this.#videoFrame(bytes, arrival, frame),
      audioFrame: (bytes, arrival) => this.#audioFrame(bytes, arrival),
    });
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
    const { encoder, fps, tracks } = readMetadata(metadata);
    this.#encoder = encoder ?? this.#encoder;
    this.#declaredFps = fps ?? this.#declaredFps;
    if (tracks !== null) this.#sources.expect(tracks);
  }

  /** `tag`: the message with room for an FLV tag round it. Throws nothing. */
  media(type: 8 | 9, timestamp: number, tag: Buffer): void {
    const now = this.#options.clock.now();
    this.lastMediaAt = now;
    if (tag.length === ENVELOPE_BYTES) return;
    try {
      this.#messages.read(type, tag, { timestamp, now });
    } catch (error) {
      this.#options.onRefused(asRefusal(error));
    }
  }

  /** After the messages of one packet. */
  flush(): void {
    this.#sources.flush();
  }

  #setVideo(setup: VideoSetup, now: number): void {
    const fps = setup.source.fps ?? this.#declaredFps;
    this.#video = { ...setup, source: { ...setup.source, fps } };
    this.#sources.setVideo(this.#video, now);
  }

  #setAudio(setup: AudioSetup, now: number): void {
    this.#audio = setup;
    this.#sources.setAudio(setup, now);
  }

  #videoFrame(bytes: Buffer, { timestamp, now }: Arrival, frame: VideoFrame): void {
    if (this.#video === null) return;
    const { keyframe, compositionMs } = frame;
    const timeline = this.#timelineAt(now);
    const mediaMs = timeline.place('video', timestamp, now);
    const { jumped, latenessMs } = timeline;
    const size = bytes.length - ENVELOPE_BYTES;
    this.#meter.videoFrame({ size, mediaMs, keyframe, compositionMs, latenessMs, jumped });
    if (jumped) this.#sources.noteJump();
    frameTag(bytes, 9, mediaMs);
    this.#sources.push({ bytes, mediaMs, entry: keyframe, video: true }, now);
  }

  #audioFrame(bytes: Buffer, { timestamp, now }: Arrival): void {
    if (this.#audio === null) return;
    const timeline = this.#timelineAt(now);
    const mediaMs = timeline.place('audio', timestamp, now);
    if (timeline.jumped) this.#sources.noteJump();
    this.#meter.audioFrame(bytes.length - ENVELOPE_BYTES, mediaMs);
    frameTag(bytes, 8, mediaMs);
    this.#sources.push({ bytes, mediaMs, entry: false, video: false }, now);
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

function asRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError({
    code: 'media_invalid',
    status: 400,
    message: 'The encoder sends media that cannot be read; restart the encoder.',
    cause: error,
  });
}
