import { fileNames } from './file-names.ts';
import type { LiveWindow } from './live-window.ts';
import type { Segment } from './segment.ts';

export interface RenditionReport {
  /** Relative to this playlist. */
  uri: string;
  lastMsn: number;
  lastPart: number;
}

export interface PlaylistView {
  window: LiveWindow;
  targetDuration: number;
  /** PART-TARGET of this playlist, ms. */
  partTargetMs: number;
  /** PART-HOLD-BACK, ms. */
  partHoldBackMs: number;
  ended: boolean;
  /** Before every media URI; empty for relative ones. */
  uriPrefix: string;
  reports: readonly RenditionReport[];
}

const seconds = (ms: number) => String(Math.round(ms * 100) / 100_000);
const bodies = new WeakMap<Segment, { prefix: string; bare: string; withParts: string }>();

/** The full playlist, or with `skip` the delta update if there is something to leave out. */
export function renderMediaPlaylist(view: PlaylistView, skip = false): string {
  const { window, ended } = view;
  const segments = window.segments;
  const fromEnd = window.distances();
  const skipped = skip && !ended ? skippable(view, fromEnd) : 0;
  const lines = header(view);
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  let init = segments.slice(0, skipped).findLast((segment) => !segment.gap)?.init;
  for (let index = skipped; index < segments.length; index++) {
    const segment = segments[index];
    if (segment === undefined || (segment.partCount === 0 && !segment.complete)) continue;
    if (window.isDiscontinuity(segment)) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.init !== init && !segment.gap) {
      init = segment.init;
      lines.push(`#EXT-X-MAP:URI="${view.uriPrefix}${fileNames.init(init)}"`);
    }
    lines.push(body(segment, view.uriPrefix, window.listsParts(fromEnd[index] ?? 0)));
  }
  if (ended) lines.push('#EXT-X-ENDLIST');
  else lines.push(...trailer(view));
  return `${lines.join('\n')}\n`;
}

function header({ window, targetDuration, partTargetMs, partHoldBackMs }: PlaylistView): string[] {
  const control = [
    'CAN-BLOCK-RELOAD=YES',
    `CAN-SKIP-UNTIL=${6 * targetDuration}`,
    `PART-HOLD-BACK=${seconds(partHoldBackMs)}`,
    `HOLD-BACK=${3 * targetDuration}`,
  ];
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    `#EXT-X-SERVER-CONTROL:${control.join(',')}`,
    `#EXT-X-PART-INF:PART-TARGET=${seconds(partTargetMs)}`,
    `#EXT-X-MEDIA-SEQUENCE:${window.segments[0]?.slot.msn ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence}`,
  ];
  if (window.segments.every((segment) => segment.independent || segment.gap)) {
    lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  }
  return lines;
}

/** How many segments lie before the skip boundary, six target durations from the end. */
function skippable({ targetDuration }: PlaylistView, fromEnd: readonly number[]): number {
  return Math.max(
    0,
    fromEnd.findIndex((distance) => distance < 6 * targetDuration * 1000),
  );
}

function body(segment: Segment, prefix: string, listed: boolean): string {
  if (!segment.complete) return bodyLines(segment, prefix, true).join('\n');
  let cached = bodies.get(segment);
  if (cached === undefined || cached.prefix !== prefix) {
    cached = {
      prefix,
      bare: bodyLines(segment, prefix, false).join('\n'),
      withParts: bodyLines(segment, prefix, true).join('\n'),
    };
    bodies.set(segment, cached);
  }
  return listed ? cached.withParts : cached.bare;
}

function bodyLines(segment: Segment, prefix: string, withParts: boolean): string[] {
  const date = new Date(segment.slot.wallBaseMs + segment.startMs).toISOString();
  const lines = [`#EXT-X-PROGRAM-DATE-TIME:${date}`];
  if (withParts) {
    for (const part of segment.parts) {
      const independent = part.independent ? ',INDEPENDENT=YES' : '';
      const uri = `${prefix}${fileNames.part(part.number)}`;
      lines.push(`#EXT-X-PART:DURATION=${seconds(part.durationMs)},URI="${uri}"${independent}`);
    }
  }
  if (!segment.complete) return lines;
  if (segment.gap) lines.push('#EXT-X-GAP');
  lines.push(
    `#EXTINF:${seconds(segment.durationMs)},`,
    `${prefix}${fileNames.segment(segment.slot.msn)}`,
  );
  return lines;
}

function trailer({ window, uriPrefix, reports }: PlaylistView): string[] {
  const next = `${uriPrefix}${fileNames.part(window.nextPartNumber)}`;
  return [
    `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${next}"`,
    ...reports.map(
      ({ uri, lastMsn, lastPart }) =>
        `#EXT-X-RENDITION-REPORT:URI="${uri}",LAST-MSN=${lastMsn},LAST-PART=${lastPart}`,
    ),
  ];
}

/** For static servers: no low-latency tags, only what the store has. */
export function renderPlainPlaylist(view: PlaylistView): string {
  const { window, targetDuration } = view;
  const segments = window.segments.filter((segment) => segment.complete);
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:8',
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.slot.msn ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence}`,
  ];
  let init = 0;
  segments.forEach((segment) => {
    if (window.isDiscontinuity(segment)) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.init !== init && !segment.gap) {
      init = segment.init;
      lines.push(`#EXT-X-MAP:URI="${fileNames.init(init)}"`);
    }
    if (!segment.stored && !segment.gap) lines.push('#EXT-X-GAP');
    lines.push(...bodyLines(segment, '', false));
  });
  if (view.ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}
