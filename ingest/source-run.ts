import type { NewId } from '../platform/clock.ts';
import type { Source } from '../platform/stream.ts';
import type { FeedServer } from './feed-server.ts';
import type { MediaTag } from './media-tag.ts';
import type { FeedConfig, SourceFeed } from './source-feed.ts';
import type { AudioSetup, VideoSetup } from './track-setup.ts';

/** How long a track is waited for that may or may not come. */
const UNDECLARED_WAIT_MS = 500;
/** How long a track is waited for that the encoder's metadata promises. */
const DECLARED_WAIT_MS = 3000;
/** The least time between two sources: an encoder that jumps all the time starts no ffmpeg storm. */
const SOURCE_GAP_MS = 3000;

type Track = 'video' | 'audio';

export interface SourceRunOptions {
  feeds: FeedServer;
  newId: NewId;
  firstRun: number;
  onSource(source: Source): void;
}

/**
 * The sources of one publisher, one after another. A source is announced when it is known what tracks
 * it has; another one begins, at a keyframe, when a track's configuration changes, a track joins or
 * the timestamps jumped.
 */
export class SourceRun {
  readonly #options: SourceRunOptions;
  #run: number;
  #expected: Record<Track, boolean | null> = { video: null, audio: null };
  #video: VideoSetup | null = null;
  #audio: AudioSetup | null = null;
  #feed: SourceFeed | null = null;
  /** Tracks of the announced source; null: none is announced. */
  #tracks: Record<Track, boolean> | null = null;
  #wallBaseMs = 0;
  #begunAt = 0;
  #firstSetupAt: number | null = null;
  /** Frames of these tracks do not belong to the present source any more. */
  #stale: Record<Track, boolean> = { video: false, audio: false };
  #breakWanted = false;
  #shedBefore = 0;
  #ended = false;
  announced = 0;

  constructor(options: SourceRunOptions) {
    this.#options = options;
    this.#run = options.firstRun;
  }

  get shedFrames(): number {
    return this.#shedBefore + (this.#feed?.shedFrames ?? 0);
  }

  /** What the encoder's metadata says will come. */
  expect(tracks: Record<Track, boolean>): void {
    this.#expected = tracks;
  }

  setVideo(setup: VideoSetup, now: number): void {
    const changed = this.#video === null || !this.#video.config.equals(setup.config);
    this.#video = setup;
    if (changed) this.#setupChanged('video', now);
  }

  setAudio(setup: AudioSetup, now: number): void {
    const changed = this.#audio === null || !this.#audio.config.equals(setup.config);
    this.#audio = setup;
    if (changed) this.#setupChanged('audio', now);
  }

  #setupChanged(track: Track, now: number): void {
    this.#firstSetupAt ??= now;
    if (this.#tracks !== null) {
      this.#stale[track] = true;
      this.#breakWanted = true;
    } else if (track === 'video') {
      this.#dropFeed();
    }
  }

  /** The encoder's timestamps jumped: the next keyframe begins another source. */
  noteJump(): void {
    if (this.#tracks !== null) this.#breakWanted = true;
  }

  push(tag: MediaTag, now: number): void {
    if (this.#ended) return;
    const track = tag.video ? 'video' : 'audio';
    if (!tag.video) tag.entry = !this.#withVideo(now);
    if (tag.entry && this.#mayBegin(now)) this.#begin(tag, now);
    if (this.#feed === null || this.#stale[track]) return;
    this.#feed.push(tag);
    if (this.#tracks === null) this.settle(now);
  }

  /** Does the source in question have a picture, or will it? */
  #withVideo(now: number): boolean {
    if (this.#tracks !== null && !this.#breakWanted) return this.#tracks.video;
    if (this.#video !== null) return true;
    return this.#expected.video !== false && !this.#waitedFor('video', now);
  }

  #waitedFor(track: Track, now: number): boolean {
    const patience = this.#expected[track] === true ? DECLARED_WAIT_MS : UNDECLARED_WAIT_MS;
    return this.#firstSetupAt !== null && now - this.#firstSetupAt >= patience;
  }

  #mayBegin(now: number): boolean {
    if (this.#feed === null) return true;
    return this.#breakWanted && now - this.#begunAt >= SOURCE_GAP_MS;
  }

  #begin(first: MediaTag, now: number): void {
    this.#dropFeed();
    this.#feed = this.#options.feeds.open(this.#options.newId());
    this.#wallBaseMs = now - first.mediaMs;
    this.#begunAt = now;
    this.#stale = { video: false, audio: false };
    this.#breakWanted = false;
  }

  #dropFeed(): void {
    this.#shedBefore = this.shedFrames;
    this.#feed?.end();
    this.#feed = null;
    this.#tracks = null;
  }

  /** Announces the source when there is nothing left to wait for. Call now and then. */
  settle(now: number): void {
    const feed = this.#feed;
    if (feed === null || this.#tracks !== null || feed.firstMediaMs === null) return;
    if (this.#audio === null && this.#expected.audio !== false && !this.#waitedFor('audio', now)) {
      return;
    }
    this.#tracks = { video: this.#video !== null, audio: this.#audio !== null };
    feed.setConfigs(this.#configs());
    this.announced += 1;
    this.#options.onSource({
      id: feed.id,
      run: this.#run++,
      url: this.#options.feeds.urlOf(feed),
      video: this.#video?.source ?? null,
      audio: this.#audio?.source ?? null,
      wallBaseMs: this.#wallBaseMs,
      firstMediaMs: feed.firstMediaMs,
    });
  }

  #configs(): FeedConfig[] {
    const configs: FeedConfig[] = [];
    if (this.#video !== null) configs.push({ type: 9, bytes: this.#video.message });
    if (this.#audio !== null) configs.push({ type: 8, bytes: this.#audio.message });
    return configs;
  }

  flush(): void {
    this.#feed?.flush();
  }

  /** Ends the present source; no other one begins. */
  end(): void {
    this.#ended = true;
    this.#dropFeed();
  }
}
