import type { LiveStream } from './live-stream.ts';
import type { Rendition } from './rendition.ts';
import { FIRST_MSN } from './timeline.ts';

export interface Directives {
  msn: number | null;
  part: number | null;
  skip: boolean;
}

const NUMBER = /^\d{1,15}$/;

/** Delivery directives of a playlist request; other parameters are left aside. */
export function parseDirectives(query: string): Directives | { fault: string } {
  const directives: Directives = { msn: null, part: null, skip: false };
  if (query === '') return directives;
  for (const pair of query.split('&')) {
    const [name, value = ''] = pair.split('=');
    if (name === '_HLS_msn' || name === '_HLS_part') {
      if (!NUMBER.test(value)) return { fault: `${name} has to be a whole number.` };
      directives[name === '_HLS_msn' ? 'msn' : 'part'] = Number(value);
    } else if (name === '_HLS_skip') {
      if (value !== 'YES' && value !== 'v2') return { fault: '_HLS_skip has to be YES or v2.' };
      directives.skip = true;
    }
  }
  if (directives.part !== null && directives.msn === null) {
    return { fault: '_HLS_part needs _HLS_msn.' };
  }
  return directives;
}

/** Why a request can never be met in time; null when it may be. */
export function tooFarAhead(
  { window, partTargetMs }: Rendition,
  { msn, part, stream }: { msn: number; part: number | null; stream: LiveStream },
): string | null {
  // A quality that has just been added begins where the others are.
  const last = window.lastCompleteMsn ?? stream.lastCompleteMsn;
  if (last === null)
    return msn > FIRST_MSN + 1 ? '_HLS_msn lies too far ahead of this playlist.' : null;
  if (msn > last + 2) return `_HLS_msn lies too far ahead: the last segment is ${last}.`;
  const open = window.open;
  // Advance Part Limit: three seconds of parts, or three parts when they are longer.
  const limit = partTargetMs < 1000 ? Math.ceil(3000 / partTargetMs) : 3;
  const newest = open !== null && open.slot.msn === msn ? open.partCount - 1 : -1;
  if (part !== null && msn > last && part > newest + limit) {
    return '_HLS_part lies too far ahead of this playlist.';
  }
  return null;
}
