import { Counter, Gauge } from 'prom-client';
import { metrics } from '../../platform/metrics.ts';

export const partsPublished = new Counter({
  name: 'footlight_packager_parts_total',
  help: 'Parts published, over all renditions',
  registers: [metrics],
});

export const forcedCuts = new Counter({
  name: 'footlight_packager_forced_cuts_total',
  help: 'Segments that had to begin without a keyframe',
  registers: [metrics],
});

export const gapSegments = new Counter({
  name: 'footlight_packager_gap_segments_total',
  help: 'Segments a rendition had no media for',
  registers: [metrics],
});

export const blockedRequests = new Gauge({
  name: 'footlight_origin_blocked_requests',
  help: 'Requests that wait for a part now',
  registers: [metrics],
});

export const blockedRefused = new Counter({
  name: 'footlight_origin_blocked_refused_total',
  help: 'Requests refused because too many waited already',
  registers: [metrics],
});

export const blockedExpired = new Counter({
  name: 'footlight_origin_blocked_expired_total',
  help: 'Blocked requests ended after three target durations',
  registers: [metrics],
});

export const playlistRenderings = new Counter({
  name: 'footlight_origin_playlist_renderings_total',
  help: 'Media playlists rendered',
  registers: [metrics],
});

const RESULTS = ['written', 'dropped', 'failed'] as const;
export const storeWrites = new Counter({
  name: 'footlight_store_writes_total',
  help: 'Files offered to the segment store, by result',
  labelNames: ['result'],
  registers: [metrics],
});
for (const result of RESULTS) storeWrites.inc({ result }, 0);
