import { Counter, Gauge } from 'prom-client';
import { metrics } from '../platform/metrics.ts';

const RESTART_REASONS = ['crashed', 'killed', 'input_ended', 'not_started', 'hung'] as const;
export type RestartReason = (typeof RESTART_REASONS)[number];

export const restarts = new Counter({
  name: 'footlight_transcoder_restarts_total',
  help: 'Runs of ffmpeg that ended before their source did, by how they ended',
  labelNames: ['reason'],
  registers: [metrics],
});
for (const reason of RESTART_REASONS) restarts.inc({ reason }, 0);

export const shedRungs = new Counter({
  name: 'footlight_transcoder_shed_rungs_total',
  help: 'Renditions given up because the encoders fell behind',
  registers: [metrics],
});

export const orphansEnded = new Counter({
  name: 'footlight_transcoder_orphans_ended_total',
  help: 'Processes of ffmpeg that an earlier server left behind, ended at start',
  registers: [metrics],
});

export const running = new Gauge({
  name: 'footlight_transcoder_running',
  help: 'Processes of ffmpeg that transcode now',
  registers: [metrics],
});

export const thumbnails = new Counter({
  name: 'footlight_transcoder_thumbnails_total',
  help: 'Thumbnails made, by result',
  labelNames: ['result'],
  registers: [metrics],
});
for (const result of ['made', 'failed']) thumbnails.inc({ result }, 0);
