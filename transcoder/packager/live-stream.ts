import type { Clock } from '../../platform/clock.ts';
import type { WaitLimit } from './blocked-requests.ts';
import { fileNames } from './file-names.ts';
import { GivenUpRenditions } from './given-up.ts';
import type { RenditionReport } from './media-playlist.ts';
import { renderMultivariantPlaylist, type VariantFacts } from './multivariant-playlist.ts';
import { RenderedText } from './rendered-text.ts';
import { Rendition, type UsedNames } from './rendition.ts';
import type { SegmentStore } from './segment-store.ts';
import type { RenditionPlan } from './stream-packager.ts';

export interface LiveStreamOptions {
  channel: string;
  streamId: string;
  targetDuration: number;
  /** Where viewers fetch media; null: from us, by relative URIs. */
  cdnUrl: string | null;
  clock: Clock;
  store: SegmentStore;
  waitLimit: WaitLimit;
}

/** Measured figures in it change with every segment, so a rendering lives a second. */
const MULTIVARIANT_LIFE_MS = 1000;

/** One stream as the origin serves it. */
export class LiveStream {
  readonly channel: string;
  readonly streamId: string;
  readonly targetDuration: number;
  readonly store: SegmentStore;
  readonly renditions = new Map<string, Rendition>();
  readonly givenUp: GivenUpRenditions;
  thumbnail: Buffer | null = null;
  /** The multivariant playlist may be shown. */
  playable = false;
  ended = false;
  captions = false;
  /** A segment had to begin without a keyframe. */
  independent = true;
  readonly #options: LiveStreamOptions;
  /** What is cached for ever may never be named again. */
  readonly #used = new Map<string, UsedNames>();
  readonly #multivariant = new Map<string, { rendered: RenderedText; at: number }>();

  constructor(options: LiveStreamOptions) {
    this.#options = options;
    this.channel = options.channel;
    this.streamId = options.streamId;
    this.targetDuration = options.targetDuration;
    this.store = options.store;
    const keepMs = 6 * options.targetDuration * 1000;
    this.givenUp = new GivenUpRenditions({ clock: options.clock, keepMs });
  }

  /** Folder of this stream in the store and below `/live/`. */
  get path(): string {
    return `${this.channel}/${this.streamId}`;
  }

  /** Takes over the plan of a new run: renditions that are not in it are gone. */
  setPlan(plan: readonly RenditionPlan[]): void {
    for (const [name, rendition] of this.renditions) {
      if (plan.some((planned) => planned.name === name)) continue;
      this.renditions.delete(name);
      this.#giveUp(rendition);
    }
    for (const planned of plan) {
      const known = this.renditions.get(planned.name);
      if (known === undefined) this.renditions.set(planned.name, this.#rendition(planned));
      else known.plan = planned;
    }
    this.#multivariant.clear();
  }

  /** Its media stays for those who play it; its playlist is over. */
  #giveUp(rendition: Rendition): void {
    const { name } = rendition.plan;
    this.#used.set(name, rendition.used);
    rendition.end();
    this.givenUp.add(rendition);
    void this.writePlaylist(rendition);
    const segments = rendition.window.segments.map(({ slot }) => fileNames.segment(slot.msn));
    const inits = rendition.inits.numbers.map((number) => fileNames.init(number));
    for (const file of [...segments, ...inits]) this.store.retire(`${this.path}/${name}/${file}`);
  }

  /** The plain playlist for static servers, unless a later rendition of this name writes its own. */
  async writePlaylist(rendition: Rendition): Promise<void> {
    const { name } = rendition.plan;
    const current = this.renditions.get(name);
    if (current !== undefined && current !== rendition) return;
    const path = `${this.path}/${name}/${fileNames.playlist}`;
    const written = this.store.put(path, [Buffer.from(rendition.plainPlaylist())]);
    if (current === undefined) this.store.retire(path);
    await written;
  }

  /** No one is served from it any more. */
  close(): void {
    for (const { blocked } of this.renditions.values()) blocked.answerAll();
    this.givenUp.close();
  }

  #rendition(plan: RenditionPlan): Rendition {
    const { cdnUrl, clock, waitLimit, targetDuration } = this.#options;
    const used = this.#used.get(plan.name);
    const host = cdnUrl?.replace(/\/+$/, '') ?? null;
    return new Rendition({
      plan,
      ...(used === undefined ? {} : { used }),
      targetDuration,
      clock,
      waitLimit,
      uriPrefix: host === null ? '' : `${host}/live/${this.path}/${plan.name}/`,
      reports: () => this.#reportsFor(plan.name),
      longestPartTargetMs: () => this.#longestPartTargetMs(),
    });
  }

  /** The newest segment that any rendition has whole; null before the first. */
  get lastCompleteMsn(): number | null {
    const found = [...this.renditions.values()].flatMap(
      ({ window }) => window.lastCompleteMsn ?? [],
    );
    return found.length === 0 ? null : Math.max(...found);
  }

  #reportsFor(name: string): RenditionReport[] {
    const reports: RenditionReport[] = [];
    for (const [other, rendition] of this.renditions) {
      const report = other === name ? null : rendition.report;
      if (report !== null) reports.push({ uri: `../${other}/index.m3u8`, ...report });
    }
    return reports;
  }

  #longestPartTargetMs(): number {
    return Math.max(0, ...[...this.renditions.values()].map((rendition) => rendition.partTargetMs));
  }

  /**
   * @param prefix before the renditions' names: as the channel's address needs it, or the stream's own
   * @returns null while there is nothing to play
   */
  multivariant(prefix = `${this.streamId}/`): RenderedText | null {
    const now = this.#options.clock.now();
    const kept = this.#multivariant.get(prefix);
    if (kept !== undefined && (this.ended || now - kept.at < MULTIVARIANT_LIFE_MS)) {
      return kept.rendered;
    }
    const text = this.multivariantText(prefix);
    if (text === null) return null;
    const rendered = new RenderedText(text);
    this.#multivariant.set(prefix, { rendered, at: now });
    return rendered;
  }

  /** @param prefix before the renditions' names in every URI */
  multivariantText(prefix: string): string | null {
    const variants = [...this.renditions.values()].flatMap((rendition) => {
      const facts = variantFacts(rendition, prefix);
      return facts === null ? [] : [facts];
    });
    if (!this.playable || variants.length === 0) return null;
    const { independent, captions } = this;
    return renderMultivariantPlaylist({ variants, independentSegments: independent, captions });
  }
}

function variantFacts(rendition: Rendition, prefix: string): VariantFacts | null {
  const { track } = rendition;
  const bitrates = rendition.hasMedia ? rendition.bitrates() : null;
  if (track === null || bitrates === null) return null;
  const { name, kind, codecs, width, height, fps } = rendition.facts();
  return {
    name,
    kind,
    uri: `${prefix}${name}/index.m3u8`,
    codecs: codecs ?? '',
    peakBitrate: bitrates.peak,
    averageBitrate: bitrates.average,
    width,
    height,
    fps,
    channels: track.kind === 'audio' ? track.channels : null,
  };
}
