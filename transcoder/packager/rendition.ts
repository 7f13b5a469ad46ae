import type { Clock } from '../../platform/clock.ts';
import type { RenditionFacts } from '../../platform/stream.ts';
import { BlockedRequests, type WaitLimit } from './blocked-requests.ts';
import { writeInitSegment } from './init-segment.ts';
import { InitSegments } from './init-segments.ts';
import { LiveWindow, windowMsOf } from './live-window.ts';
import {
  type PlaylistView,
  type RenditionReport,
  renderMediaPlaylist,
  renderPlainPlaylist,
} from './media-playlist.ts';
import { playlistRenderings } from './metrics.ts';
import { RenderedText } from './rendered-text.ts';
import type { Segment } from './segment.ts';
import type { RenditionPlan } from './stream-packager.ts';
import type { Track } from './track.ts';

/** How many files of each kind a name has had: the next ones get other names. */
export interface UsedNames {
  parts: number;
  inits: number;
}

export interface RenditionOptions {
  plan: RenditionPlan;
  /** By an earlier rendition of the same name. */
  used?: UsedNames;
  targetDuration: number;
  uriPrefix: string;
  clock: Clock;
  waitLimit: WaitLimit;
  /** What the others have, for EXT-X-RENDITION-REPORT. */
  reports(): RenditionReport[];
  /** The longest PART-TARGET of all renditions, ms. */
  longestPartTargetMs(): number;
}

/** One quality of a stream: what it advertises, and who waits for more of it. */
export class Rendition {
  plan: RenditionPlan;
  readonly window: LiveWindow;
  readonly inits: InitSegments;
  readonly blocked: BlockedRequests;
  track: Track | null = null;
  fps: number | null = null;
  readonly #options: RenditionOptions;
  readonly #rendered = new Map<boolean, RenderedText>();
  #ended = false;

  constructor(options: RenditionOptions) {
    this.#options = options;
    this.plan = options.plan;
    const { targetDuration, used = { parts: 0, inits: 0 } } = options;
    this.inits = new InitSegments(options.clock, used.inits);
    const windowMs = windowMsOf(targetDuration);
    this.window = new LiveWindow({ targetDuration, windowMs, firstPart: used.parts });
    this.blocked = new BlockedRequests({
      clock: options.clock,
      timeoutMs: 3 * targetDuration * 1000,
      limit: options.waitLimit,
    });
  }

  /** @returns the number of the new init segment */
  addInit(track: Track): { number: number; bytes: Buffer } {
    this.track = track;
    const bytes = writeInitSegment(track);
    return { number: this.inits.add(bytes), bytes };
  }

  /** @returns init segments that no listed segment needs since the last call */
  trimInits(): number[] {
    const oldest = this.window.segments.find(({ gap }) => !gap);
    return this.inits.trim(oldest?.init ?? this.inits.newest);
  }

  get used(): UsedNames {
    return { parts: this.window.nextPartNumber, inits: this.inits.newest };
  }

  /** What the playlist says: never less than any part it lists, an earlier run's included. */
  get partTargetMs(): number {
    return this.window.partTargetMs;
  }

  get hasMedia(): boolean {
    return this.window.hasParts;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The window changed: earlier renderings are void, and some requests can be answered. */
  publish(): void {
    this.#rendered.clear();
    this.blocked.check();
  }

  end(): void {
    this.#ended = true;
    this.#rendered.clear();
    this.blocked.answerAll();
  }

  /** The playlist as it is now, rendered once however many ask. */
  playlist(skip: boolean): RenderedText {
    let rendered = this.#rendered.get(skip);
    if (rendered === undefined) {
      rendered = new RenderedText(renderMediaPlaylist(this.#view(), skip));
      this.#rendered.set(skip, rendered);
      playlistRenderings.inc();
    }
    return rendered;
  }

  plainPlaylist(): string {
    return renderPlainPlaylist(this.#view());
  }

  #view(): PlaylistView {
    const { targetDuration, uriPrefix, reports, longestPartTargetMs } = this.#options;
    return {
      window: this.window,
      targetDuration,
      partTargetMs: this.partTargetMs,
      partHoldBackMs: Math.ceil(3 * longestPartTargetMs()),
      ended: this.#ended,
      uriPrefix,
      reports: reports(),
    };
  }

  /** Where the newest part is, for the other renditions' playlists. */
  get report(): { lastMsn: number; lastPart: number } | null {
    const segments = this.window.segments;
    for (let index = segments.length - 1; index >= 0; index--) {
      const segment = segments[index];
      if (segment !== undefined && segment.partCount > 0) {
        return { lastMsn: segment.slot.msn, lastPart: segment.partCount - 1 };
      }
    }
    return null;
  }

  /** Bits a second, of complete segments or, before the first, of what is there. Null without media. */
  bitrates(): { peak: number; average: number } | null {
    const measured = this.window.segments.filter((segment) => segment.complete && !segment.gap);
    const first = measured[0] ?? this.window.open;
    if (first === null || first === undefined || first.bytes === 0) return null;
    if (measured.length === 0) return { peak: openBitrate(first), average: openBitrate(first) };
    const of = ({ bytes, durationMs }: Segment) => (bytes * 8000) / durationMs;
    // A run's last segment may be a few frames long: it says nothing of the peak.
    const whole = measured.filter(({ durationMs }) => durationMs >= 500);
    const total = measured.reduce(
      (sum, { bytes, durationMs }) => ({ bytes: sum.bytes + bytes, ms: sum.ms + durationMs }),
      { bytes: 0, ms: 0 },
    );
    const average = (total.bytes * 8000) / total.ms;
    return { peak: Math.max(average, ...whole.map(of)), average };
  }

  facts(): RenditionFacts {
    const { name, kind, copied } = this.plan;
    const video = this.track?.kind === 'video' ? this.track : null;
    const average = this.bitrates()?.average;
    return {
      name,
      kind,
      copied,
      width: video?.width ?? this.plan.width,
      height: video?.height ?? this.plan.height,
      fps: this.fps ?? this.plan.fps,
      codecs: this.track?.codecs ?? null,
      bitrate: average === undefined ? null : Math.round(average),
    };
  }
}

/** Before the first segment is whole: two seconds of one keyframe and frames as they came so far. */
function openBitrate({ parts, bytes, durationMs }: Segment): number {
  const keyframe = parts[0]?.firstSample ?? { bytes: 0, durationMs: 0 };
  const restMs = durationMs - keyframe.durationMs;
  if (restMs <= 0) return (bytes * 8000) / Math.max(durationMs, 1);
  const rest = (bytes - keyframe.bytes) / restMs;
  return ((keyframe.bytes + rest * (2000 - keyframe.durationMs)) * 8000) / 2000;
}
