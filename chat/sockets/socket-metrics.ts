import { Counter, Gauge, Histogram } from 'prom-client';
import { metrics } from '../../platform/metrics.ts';

export const socketsGauge = new Gauge({
  name: 'footlight_chat_sockets',
  help: 'Open chat sockets of this node',
  registers: [metrics],
});

export const deliveries = new Counter({
  name: 'footlight_chat_deliveries_total',
  help: 'Log entries written to chat sockets, one a socket',
  registers: [metrics],
});

export const socketWrites = new Counter({
  name: 'footlight_chat_socket_writes_total',
  help: 'Writes to chat sockets that carried log entries: one may carry many',
  registers: [metrics],
});

/** By name in close-codes.ts. */
export const socketsClosed = new Counter({
  name: 'footlight_chat_sockets_closed_total',
  help: 'Chat sockets closed by this node, by reason',
  labelNames: ['reason'] as const,
  registers: [metrics],
});

export const upgradesRefused = new Counter({
  name: 'footlight_chat_upgrades_refused_total',
  help: 'Chat sockets that were not opened because this node stops or is full',
  registers: [metrics],
});

export const framesRefused = new Counter({
  name: 'footlight_chat_frames_refused_total',
  help: 'Frames of clients answered with a refusal because too many waited',
  registers: [metrics],
});

export const faults = new Counter({
  name: 'footlight_chat_faults_total',
  help: 'Wishes that failed unexpectedly; the log has the cause',
  registers: [metrics],
});

export const flushSeconds = new Histogram({
  name: 'footlight_chat_flush_seconds',
  help: 'Time the event loop was held by one run of writes',
  buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05],
  registers: [metrics],
});

export const waitersRefused = new Counter({
  name: 'footlight_chat_waiters_refused_total',
  help: 'Long polls and event streams refused because too many were open',
  registers: [metrics],
});
