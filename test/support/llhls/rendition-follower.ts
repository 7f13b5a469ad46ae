import { type Fragment, type Init, parseFragments, parseInit } from './mp4-bytes.ts';
import { playlistFaults, successionFaults } from './playlist-rules.ts';
import {
  type ListedPart,
  type ListedSegment,
  type MediaPlaylist,
  parseMediaPlaylist,
} from './playlist-text.ts';

/** What was measured of one segment, from its bytes. */
export interface MeasuredSegment {
  msn: number;
  startMs: number;
  /** Presentation time of the earliest sample. */
  presentedMs: number;
  /** Presentation time of its keyframe, which leading pictures of an open group come before. */
  keyframeMs: number;
  endMs: number;
  date: number;
  discontinuitySequence: number;
  startsWithSync: boolean;
}

interface HeldPart {
  bytes: Buffer;
  uri: string;
}

const FETCH_TIMEOUT_MS = 20_000;
/** A frame may stand up to this far from where the one before it ended (whole-millisecond sources). */
const CONTINUITY_MS = 5;

/** Follows one media playlist as a strict low-latency client would, and fetches all of it. */
export class RenditionFollower {
  readonly url: string;
  readonly faults: string[] = [];
  readonly segments = new Map<number, MeasuredSegment>();
  readonly inits = new Map<string, Init>();
  partCount = 0;
  /** 410: the server does not offer it any more. */
  gone = false;
  deltas = 0;
  playlist: MediaPlaylist | null = null;
  readonly #gapsAllowed: boolean;
  readonly #parts = new Map<number, HeldPart[]>();
  readonly #checked = new Set<number>();
  #endMs: number | null = null;
  #endSequence = -1;
  #hint: string | null = null;

  constructor(url: string, options: { gapsAllowed: boolean }) {
    this.url = url;
    this.#gapsAllowed = options.gapsAllowed;
  }

  async follow(until: () => boolean): Promise<void> {
    let text = await this.#text(this.url);
    for (;;) {
      const playlist = parseMediaPlaylist(text);
      this.#judge(playlist);
      await this.#fetchNew(playlist);
      this.playlist = playlist;
      if (playlist.ended || until()) return;
      const next = nextOf(playlist);
      const answer = await this.#blocked(next);
      if (answer === null) return;
      text = answer;
      if (next.part % 3 === 0) await this.#checkDelta(next, parseMediaPlaylist(text));
    }
  }

  #fault(text: string): void {
    const line = `${new URL(this.url).pathname}: ${text}`;
    if (this.faults.length < 100 && !this.faults.includes(line)) this.faults.push(line);
  }

  #judge(playlist: MediaPlaylist): void {
    for (const fault of playlistFaults(playlist)) this.#fault(fault);
    if (this.playlist === null) return;
    for (const fault of successionFaults(this.playlist, playlist)) this.#fault(fault);
  }

  async #text(url: string): Promise<string> {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    const text = await response.text();
    if (response.status !== 200) this.#fault(`${response.status} for ${url}: ${text.trim()}`);
    if (response.headers.get('access-control-allow-origin') !== '*') this.#fault('no open CORS');
    return text;
  }

  async #blocked(next: { msn: number; part: number }): Promise<string | null> {
    const url = `${this.url}?_HLS_msn=${next.msn}&_HLS_part=${next.part}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    const text = await response.text();
    if (response.status === 200) {
      const answer = parseMediaPlaylist(text);
      if (!answer.ended && !reaches(answer, next))
        this.#fault(`${url} was answered before it was there`);
      return text;
    }
    // While the encoder is away the request ends after three target durations, and is asked again.
    if (response.status === 503 && response.headers.get('retry-after') !== null)
      return this.#blocked(next);
    this.gone = response.status === 410;
    if (!this.gone) this.#fault(`${response.status} for ${url}: ${text.trim()}`);
    return null;
  }

  async #checkDelta(next: { msn: number; part: number }, full: MediaPlaylist): Promise<void> {
    const url = `${this.url}?_HLS_msn=${next.msn}&_HLS_part=${next.part}&_HLS_skip=YES`;
    const delta = parseMediaPlaylist(await this.#text(url), full);
    for (const fault of playlistFaults(delta)) this.#fault(`delta: ${fault}`);
    for (const fault of successionFaults(full, delta)) this.#fault(`delta: ${fault}`);
    if (delta.skipped > 0) this.deltas++;
  }

  async #fetchNew(playlist: MediaPlaylist): Promise<void> {
    for (const segment of playlist.segments) {
      if (segment.map !== null && !this.inits.has(segment.map)) await this.#fetchInit(segment.map);
      // The beginning of a window that is joined later is not fetched.
      const known = this.#parts.get(segment.msn) ?? [];
      for (const part of segment.parts.slice(known.length)) {
        const held = await this.#fetchPart(segment, part, known.length);
        known.push(held);
        this.#parts.set(segment.msn, known);
      }
      if (segment.uri !== null && known.length > 0) await this.#checkSegment(segment, known);
    }
    this.#hint = playlist.hints[0]?.['URI'] ?? null;
  }

  async #bytes(uri: string): Promise<Buffer> {
    const response = await fetch(new URL(uri, this.url), {
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) this.#fault(`${response.status} for ${uri}`);
    if (!/immutable/.test(response.headers.get('cache-control') ?? ''))
      this.#fault(`${uri} may be cached for ever, but does not say so`);
    return bytes;
  }

  async #fetchInit(uri: string): Promise<void> {
    try {
      this.inits.set(uri, parseInit(await this.#bytes(uri)));
    } catch (error) {
      this.#fault(`${uri}: ${String(error)}`);
    }
  }

  async #fetchPart(segment: ListedSegment, part: ListedPart, index: number): Promise<HeldPart> {
    if (this.#hint !== null && this.playlist !== null) {
      if (this.#hint !== part.uri) this.#fault(`hint was ${this.#hint}, the part is ${part.uri}`);
      this.#hint = null;
    }
    const bytes = await this.#bytes(part.uri);
    this.partCount++;
    try {
      this.#measure(segment, { part, index, fragments: parseFragments(bytes) });
    } catch (error) {
      this.#fault(`${part.uri}: ${String(error)}`);
    }
    return { bytes, uri: part.uri };
  }

  #measure(
    segment: ListedSegment,
    { part, index, fragments }: { part: ListedPart; index: number; fragments: Fragment[] },
  ): void {
    const init = this.inits.get(segment.map ?? '');
    const [fragment] = fragments;
    if (init === undefined || fragment === undefined || fragments.length !== 1) {
      this.#fault(`${part.uri}: ${fragments.length} fragments`);
      return;
    }
    const ms = (ticks: number) => (ticks * 1000) / init.timescale;
    const lasts = ms(fragment.durations.reduce((sum, duration) => sum + duration, 0));
    if (Math.abs(lasts - part.duration * 1000) > 0.02)
      this.#fault(`${part.uri}: lasts ${lasts} ms, says ${part.duration} s`);
    if (fragment.durations.some((duration) => duration <= 0))
      this.#fault(`${part.uri}: a sample without duration`);
    if (part.independent !== fragment.sync.includes(true))
      this.#fault(`${part.uri}: INDEPENDENT is wrong`);
    const startMs = ms(fragment.decodeTime);
    this.#checkContinuity(segment, { uri: part.uri, startMs });
    this.#endMs = startMs + lasts;
    if (index > 0 || segment.date === null) return;
    const presented = presentedAt(fragment);
    const keyframe = presented[Math.max(0, fragment.sync.indexOf(true))] ?? 0;
    this.segments.set(segment.msn, {
      msn: segment.msn,
      startMs,
      presentedMs: startMs + ms(Math.min(...presented)),
      keyframeMs: startMs + ms(keyframe),
      endMs: startMs,
      date: segment.date,
      discontinuitySequence: segment.discontinuitySequence,
      startsWithSync: fragment.sync[0] === true,
    });
  }

  #checkContinuity(
    segment: ListedSegment,
    { uri, startMs }: { uri: string; startMs: number },
  ): void {
    const before = this.#endMs;
    const sameRun = segment.discontinuitySequence === this.#endSequence;
    this.#endSequence = segment.discontinuitySequence;
    if (before === null) return;
    const step = startMs - before;
    if (step < -CONTINUITY_MS)
      this.#fault(`${uri}: begins ${-step} ms before the end of the part before`);
    if (sameRun && step > CONTINUITY_MS && !this.#gapsAllowed)
      this.#fault(`${uri}: begins ${step} ms late`);
  }

  async #checkSegment(segment: ListedSegment, parts: HeldPart[]): Promise<void> {
    if (this.#checked.has(segment.msn) || segment.uri === null) return;
    this.#checked.add(segment.msn);
    this.#parts.set(
      segment.msn,
      parts.map(({ uri }) => ({ uri, bytes: Buffer.alloc(0) })),
    );
    const bytes = await this.#bytes(segment.uri);
    if (!bytes.equals(Buffer.concat(parts.map((part) => part.bytes)))) {
      this.#fault(`${segment.uri} is not its parts one after the other`);
    }
    const measured = this.segments.get(segment.msn);
    if (measured === undefined || this.#endMs === null || segment.duration === null) return;
    measured.endMs = measured.startMs + segment.duration * 1000;
    if (!this.#gapsAllowed && Math.abs(this.#endMs - measured.endMs) > 50) {
      this.#fault(`${segment.uri}: EXTINF is ${measured.endMs - this.#endMs} ms off its media`);
    }
  }
}

const presentedAt = (fragment: Fragment): number[] => {
  let time = 0;
  return fragment.durations.map((duration, index) => {
    const presented = time + (fragment.compositions[index] ?? 0);
    time += duration;
    return presented;
  });
};

function nextOf(playlist: MediaPlaylist): { msn: number; part: number } {
  const last = playlist.segments.at(-1);
  if (last === undefined) return { msn: playlist.mediaSequence, part: 0 };
  return last.uri === null
    ? { msn: last.msn, part: last.parts.length }
    : { msn: last.msn + 1, part: 0 };
}

function reaches(playlist: MediaPlaylist, { msn, part }: { msn: number; part: number }): boolean {
  const last = playlist.segments.at(-1);
  if (last === undefined || last.msn < msn) return false;
  return last.msn > msn || last.uri !== null || last.parts.length > part;
}
