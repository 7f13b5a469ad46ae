import type { MediaPlaylist } from './llhls/playlist-text.ts';
import { parseMultivariant } from './llhls/playlist-text.ts';
import { type MeasuredSegment, RenditionFollower } from './llhls/rendition-follower.ts';

export interface ValidateOptions {
  /** Ends after this long, or with ENDLIST if that comes first. */
  seconds: number;
  /** The source itself has holes: time between parts is not a fault. */
  gapsAllowed?: boolean;
}

export interface ValidationReport {
  /** Every rule that was broken, one line each; empty when all is well. */
  faults: string[];
  ended: boolean;
  renditions: {
    url: string;
    parts: number;
    deltas: number;
    playlist: MediaPlaylist | null;
    segments: MeasuredSegment[];
  }[];
}

/**
 * Plays a live stream as a strict client of draft-pantos-hls-rfc8216bis does: every rendition at once,
 * by blocking reloads, every part and segment fetched and taken apart.
 * @param url of the multivariant playlist
 */
export async function validateLive(
  url: string,
  options: ValidateOptions,
): Promise<ValidationReport> {
  const faults: string[] = [];
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) {
    return {
      faults: [`${response.status} for ${url}: ${text.trim()}`],
      ended: false,
      renditions: [],
    };
  }
  const master = parseMultivariant(text);
  faults.push(...masterFaults(master));
  const uris = [
    ...master.variants.map(({ uri }) => uri),
    ...master.media.flatMap(({ URI }) => (URI === undefined ? [] : [URI])),
  ];
  const followers = [...new Set(uris)].map(
    (uri) =>
      new RenditionFollower(new URL(uri, url).href, { gapsAllowed: options.gapsAllowed ?? false }),
  );
  let over = false;
  const timer = setTimeout(() => {
    over = true;
  }, options.seconds * 1000);
  await Promise.all(followers.map((follower) => follower.follow(() => over)));
  clearTimeout(timer);
  const staying = followers.filter(({ gone }) => !gone);
  for (const follower of followers) faults.push(...follower.faults);
  faults.push(...reportFaults(staying), ...alignmentFaults(followers));
  if (staying.every(({ playlist }) => playlist?.ended === false)) {
    for (const follower of staying) faults.push(...(await directiveFaults(follower)));
  }
  if (master.independentSegments) {
    for (const { url: where, segments } of followers) {
      for (const segment of segments.values()) {
        if (!segment.startsWithSync)
          faults.push(`${where}: segment ${segment.msn} is not independent`);
      }
    }
  }
  return {
    faults,
    ended: staying.every(({ playlist }) => playlist?.ended === true),
    renditions: followers.map((follower) => ({
      url: follower.url,
      parts: follower.partCount,
      deltas: follower.deltas,
      playlist: follower.playlist,
      segments: [...follower.segments.values()],
    })),
  };
}

function masterFaults({ variants, media }: ReturnType<typeof parseMultivariant>): string[] {
  const faults = variants.length === 0 ? ['no variant'] : [];
  for (const { uri, attributes } of variants) {
    for (const name of ['BANDWIDTH', 'AVERAGE-BANDWIDTH', 'CODECS']) {
      if (!attributes[name]) faults.push(`${uri}: no ${name}`);
    }
    if (Number(attributes['AVERAGE-BANDWIDTH']) > Number(attributes['BANDWIDTH']))
      faults.push(`${uri}: average above peak`);
    const video = /avc1|hvc1|av01/.test(attributes['CODECS'] ?? '');
    if (video && (!attributes['RESOLUTION'] || !attributes['FRAME-RATE']))
      faults.push(`${uri}: no RESOLUTION or FRAME-RATE`);
    const group = attributes['AUDIO'];
    if (group !== undefined && !media.some((entry) => entry['GROUP-ID'] === group))
      faults.push(`${uri}: no group ${group}`);
  }
  return faults;
}

/** Every playlist names every other one, and never more than that one has. */
function reportFaults(followers: RenditionFollower[]): string[] {
  const faults: string[] = [];
  for (const { url, playlist } of followers) {
    if (playlist === null || playlist.ended) continue;
    const named = playlist.reports.map((report) => new URL(report['URI'] ?? '', url).href);
    for (const other of followers) {
      if (other.url === url) continue;
      const report = playlist.reports[named.indexOf(other.url)];
      const last = other.playlist?.segments.at(-1)?.msn ?? 0;
      if (report === undefined) faults.push(`${url}: no RENDITION-REPORT for ${other.url}`);
      else if (Math.abs(Number(report['LAST-MSN']) - last) > 1)
        faults.push(`${url}: report says ${report['LAST-MSN']}, ${other.url} is at ${last}`);
    }
  }
  return faults;
}

/** How far the same segment of two renditions may begin apart: half a frame and an audio frame. */
const ALIGNMENT_MS = 60;
const DATE_MS = 2;

function alignmentFaults(followers: RenditionFollower[]): string[] {
  const faults: string[] = [];
  const [first, ...others] = followers;
  if (first === undefined) return ['nothing to follow'];
  for (const other of others) {
    if (other.playlist?.targetDuration !== first.playlist?.targetDuration)
      faults.push(`${other.url}: another TARGETDURATION`);
    for (const [msn, segment] of other.segments) {
      const same = first.segments.get(msn);
      if (same === undefined) continue;
      const apart = segment.keyframeMs - same.keyframeMs;
      if (Math.abs(apart) > ALIGNMENT_MS)
        faults.push(`${other.url}: segment ${msn} begins ${apart} ms apart`);
      if (segment.discontinuitySequence !== same.discontinuitySequence)
        faults.push(`${other.url}: segment ${msn} has another discontinuity sequence`);
      const off = segment.date - segment.startMs - (same.date - same.startMs);
      if (Math.abs(off) > DATE_MS)
        faults.push(`${other.url}: dates of segment ${msn} are ${off} ms apart`);
    }
  }
  for (const { url, segments } of followers) {
    for (const { msn, presentedMs, startMs } of segments.values()) {
      if (Math.abs(presentedMs - startMs) > ALIGNMENT_MS)
        faults.push(
          `${url}: segment ${msn} is shown ${presentedMs - startMs} ms off its decode time`,
        );
    }
  }
  return faults;
}

async function directiveFaults({ url, playlist }: RenditionFollower): Promise<string[]> {
  const complete = (playlist?.segments ?? []).filter(({ uri }) => uri !== null);
  const last = complete.at(-1)?.msn ?? 0;
  const wrong = ['_HLS_part=0', `_HLS_msn=${last + 30}`, '_HLS_msn=-1', '_HLS_msn=x'];
  const answers = await Promise.all(wrong.map((query) => fetch(`${url}?${query}`)));
  const faults = answers.flatMap(({ status }, index) =>
    status === 400 ? [] : [`${url}?${wrong[index]}: ${status}, not 400`],
  );
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  const past = complete.at(-1);
  if (past === undefined || past.parts.length === 0) return faults;
  const query = `?_HLS_msn=${past.msn}&_HLS_part=${past.parts.length}`;
  const answer = await fetch(`${url}${query}`);
  if (answer.status !== 200)
    faults.push(`${url}${query}: ${answer.status}, a part past the end means part 0 of the next`);
  await answer.arrayBuffer();
  return faults;
}
