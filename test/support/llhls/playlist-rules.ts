import type { ListedSegment, MediaPlaylist } from './playlist-text.ts';

/** What a single playlist has to keep, each as one line when it does not. */
export function playlistFaults(playlist: MediaPlaylist): string[] {
  return [
    ...headerFaults(playlist),
    ...playlist.segments.flatMap((segment, index) => segmentFaults(playlist, segment, index)),
    ...trailerFaults(playlist),
    ...partListFaults(playlist),
  ];
}

function headerFaults(playlist: MediaPlaylist): string[] {
  const faults: string[] = playlist.unknown.map((line) => `unknown line ${line}`);
  const { control, partTarget, targetDuration, version } = playlist;
  if (!Number.isInteger(targetDuration) || targetDuration < 1)
    faults.push('TARGETDURATION is no integer');
  if (partTarget === null || !(partTarget > 0)) return [...faults, 'no PART-TARGET'];
  if (control['CAN-BLOCK-RELOAD'] !== 'YES') faults.push('no CAN-BLOCK-RELOAD');
  const least = (name: string, value: number) => {
    if (!(Number(control[name]) >= value - 1e-9))
      faults.push(`${name} ${control[name]} is below ${value}`);
  };
  least('PART-HOLD-BACK', 3 * partTarget);
  least('HOLD-BACK', 3 * targetDuration);
  least('CAN-SKIP-UNTIL', 6 * targetDuration);
  if (playlist.skipped > 0 && version < 9) faults.push('SKIP needs version 9');
  if (playlist.segments.some((segment) => segment.map !== null) && version < 6)
    faults.push('MAP needs version 6');
  return faults;
}

function segmentFaults(playlist: MediaPlaylist, segment: ListedSegment, index: number): string[] {
  const name = `segment ${segment.msn}`;
  const faults = segment.misplaced.map((tag) => `${name}: ${tag} after its first part`);
  if (segment.date === null) faults.push(`${name}: no PROGRAM-DATE-TIME`);
  if (segment.map === null && !segment.gap) faults.push(`${name}: no MAP`);
  if (segment.uri !== null && segment.duration === null) faults.push(`${name}: no EXTINF`);
  if (segment.duration !== null && Math.round(segment.duration) > playlist.targetDuration) {
    faults.push(`${name}: EXTINF ${segment.duration} rounds above TARGETDURATION`);
  }
  if (segment.uri === null && index !== playlist.segments.length - 1)
    faults.push(`${name}: not the last, no URI`);
  const before = playlist.segments[index - 1];
  if (
    before !== undefined &&
    segment.discontinuity !== segment.discontinuitySequence > before.discontinuitySequence
  ) {
    faults.push(`${name}: discontinuity sequence does not follow`);
  }
  if (segment.discontinuity && !segment.gap && segment.map === before?.map)
    faults.push(`${name}: DISCONTINUITY without MAP`);
  return [...faults, ...dateFaults(segment, before), ...partFaults(playlist, segment)];
}

const DATE_LEAP_MS = 200;

function dateFaults(segment: ListedSegment, before: ListedSegment | undefined): string[] {
  if (before?.date == null || before.duration === null || segment.date === null) return [];
  if (segment.discontinuity) {
    return segment.date < before.date ? [`segment ${segment.msn}: date goes back`] : [];
  }
  const off = segment.date - before.date - before.duration * 1000;
  // Dates follow a source that has fallen behind real time.
  if (off >= DATE_LEAP_MS) return [];
  return Math.abs(off) <= 3 ? [] : [`segment ${segment.msn}: date is ${off} ms off the durations`];
}

function partFaults(playlist: MediaPlaylist, segment: ListedSegment): string[] {
  const faults: string[] = [];
  const target = playlist.partTarget ?? 0;
  segment.parts.forEach((part, index) => {
    const name = `part ${segment.msn}.${index}`;
    const last = segment.uri !== null && index === segment.parts.length - 1;
    if (part.duration > target + 1e-9)
      faults.push(`${name}: ${part.duration} s is above PART-TARGET ${target}`);
    if (part.duration < 0.85 * target && !last && segment.uri !== null) {
      faults.push(`${name}: ${part.duration} s is below 85 % of PART-TARGET ${target}`);
    }
  });
  if (segment.uri !== null && segment.duration !== null && segment.parts.length > 0) {
    const sum = segment.parts.reduce((total, part) => total + part.duration, 0);
    if (sum > segment.duration + 0.05)
      faults.push(`segment ${segment.msn}: parts last ${sum}, EXTINF ${segment.duration}`);
  }
  return faults;
}

function trailerFaults({ ended, hints, reports, skipped, segments }: MediaPlaylist): string[] {
  if (ended) {
    const left = hints.length + reports.length + skipped;
    const open = segments.at(-1)?.uri === null;
    return [
      ...(left > 0 ? ['PRELOAD-HINT, RENDITION-REPORT or SKIP after ENDLIST'] : []),
      ...(open ? ['the last segment is not closed by ENDLIST'] : []),
    ];
  }
  const hint = hints[0];
  if (hints.length !== 1 || hint?.['TYPE'] !== 'PART' || hint['URI'] === undefined) {
    return [`${hints.length} PRELOAD-HINT where one for a part is needed`];
  }
  return reports.flatMap((report) =>
    /^(\.\.\/|[^/:]+$)/.test(report['URI'] ?? '') &&
    report['LAST-MSN'] !== undefined &&
    report['LAST-PART'] !== undefined
      ? []
      : ['RENDITION-REPORT without relative URI, LAST-MSN or LAST-PART'],
  );
}

/** Parts stay for three target durations from the end, and go soon after. */
function partListFaults({ segments, targetDuration }: MediaPlaylist): string[] {
  const lasts = segments.map(
    ({ duration, parts }) => duration ?? parts.reduce((sum, part) => sum + part.duration, 0),
  );
  const faults: string[] = [];
  let fromEnd = 0;
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index];
    const hasParts = (segment?.parts.length ?? 0) > 0;
    if (segment === undefined) break;
    if (!hasParts && !segment.gap && fromEnd < 3 * targetDuration)
      faults.push(`segment ${segment.msn}: its parts left early`);
    if (hasParts && fromEnd > 4 * targetDuration)
      faults.push(`segment ${segment.msn}: its parts are still listed`);
    fromEnd += lasts[index] ?? 0;
  }
  return faults;
}

/** What a playlist has to keep in view of the one before it. */
export function successionFaults(before: MediaPlaylist, after: MediaPlaylist): string[] {
  const faults: string[] = [];
  if (after.targetDuration !== before.targetDuration) faults.push('TARGETDURATION changed');
  if (after.mediaSequence < before.mediaSequence) faults.push('MEDIA-SEQUENCE went back');
  if (after.discontinuitySequence < before.discontinuitySequence)
    faults.push('DISCONTINUITY-SEQUENCE went back');
  if (before.ended && !after.ended) faults.push('ENDLIST was taken back');
  for (const old of before.segments) {
    const now = after.segments[old.msn - after.mediaSequence];
    if (now === undefined) {
      if (old.msn >= after.mediaSequence) faults.push(`segment ${old.msn} vanished from the end`);
      continue;
    }
    if (old.uri !== null && (now.uri !== old.uri || now.duration !== old.duration))
      faults.push(`segment ${old.msn} changed`);
    if (now.date !== old.date) faults.push(`segment ${old.msn}: its date changed`);
    if (now.discontinuitySequence !== old.discontinuitySequence)
      faults.push(`segment ${old.msn}: its discontinuity sequence changed`);
    if (now.map !== old.map) faults.push(`segment ${old.msn}: its MAP changed`);
    if (now.parts.length === 0 && old.uri !== null) continue;
    old.parts.forEach((part, index) => {
      const kept = now.parts[index];
      if (kept?.uri !== part.uri || kept.duration !== part.duration)
        faults.push(`part ${old.msn}.${index} changed`);
    });
  }
  return faults;
}
