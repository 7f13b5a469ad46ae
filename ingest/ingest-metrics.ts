import { Counter, Gauge } from 'prom-client';
import { metrics } from '../platform/metrics.ts';
import type { WorkerCounts } from './worker-messages.ts';

const registers = [metrics];

const publishers = new Gauge({
  name: 'footlight_ingest_publishers',
  help: 'Encoders that publish now.',
  registers,
});
const pending = new Gauge({
  name: 'footlight_ingest_pending_connections',
  help: 'Connections to the RTMP port that do not publish (yet).',
  registers,
});
const bytes = new Counter({
  name: 'footlight_ingest_media_bytes_total',
  help: 'Bytes of audio and video received from encoders.',
  registers,
});
const refused = new Counter({
  name: 'footlight_ingest_refused_total',
  help: 'Connections refused or cut, by reason.',
  labelNames: ['reason'],
  registers,
});
const sources = new Counter({
  name: 'footlight_ingest_sources_total',
  help: 'Sources begun: first ones, reconnects, changes of codec parameters, timestamp jumps.',
  registers,
});
const shed = new Counter({
  name: 'footlight_ingest_shed_frames_total',
  help: 'Video frames left out because a reader of the source did not keep up.',
  registers,
});
const takeovers = new Counter({
  name: 'footlight_ingest_takeovers_total',
  help: 'Publishers that took a channel over from an older one.',
  registers,
});
const skippedReports = new Counter({
  name: 'footlight_ingest_skipped_reports_total',
  help: 'Reports on a publisher left out because the one before was not told yet.',
  registers,
});
const restarts = new Counter({
  name: 'footlight_ingest_worker_restarts_total',
  help: 'Times the ingest worker ended and was started again.',
  registers,
});

const REASONS = [
  ...[
    'stream_key_unknown',
    'stream_key_missing',
    'taken_over',
    'key_reset',
    'keys_crowded',
    'silent',
    'no_publish',
  ],
  ...['no_media', 'rtmp_invalid', 'video_codec_unsupported', 'audio_codec_unsupported'],
];
for (const reason of REASONS) refused.inc({ reason }, 0);

export const ingestMetrics = {
  publishers,
  takeovers,
  restarts,
  skippedReports,
  add(counts: WorkerCounts, pendingNow: number): void {
    bytes.inc(counts.bytes);
    sources.inc(counts.sources);
    shed.inc(counts.shedFrames);
    pending.set(pendingNow);
    for (const [reason, count] of Object.entries(counts.refused)) refused.inc({ reason }, count);
  },
};
