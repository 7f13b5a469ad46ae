import { Counter, Gauge, Histogram } from 'prom-client';
import { metrics } from '../../platform/metrics.ts';

export type RouteClass = 'page' | 'asset' | 'api';

export const viewersGauge = new Gauge({
  name: 'footlight_viewers',
  help: 'Open players, all channels together',
  registers: [metrics],
});

export const eventConnectionsGauge = new Gauge({
  name: 'footlight_event_connections',
  help: 'Open connections to /events',
  registers: [metrics],
});

export const eventConnectionsDropped = new Counter({
  name: 'footlight_event_connections_dropped_total',
  help: 'Connections to /events that were closed because their reader was too slow',
  registers: [metrics],
});

export const eventConnectionsRefused = new Counter({
  name: 'footlight_event_connections_refused_total',
  help: 'Connections to /events refused at the limit in total or of one address',
  registers: [metrics],
});

export const requestSeconds = new Histogram({
  name: 'footlight_http_request_seconds',
  help: 'Time to answer a request, by class of route',
  labelNames: ['route'] as const,
  buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
  registers: [metrics],
});

for (const route of ['page', 'asset', 'api'] satisfies RouteClass[]) requestSeconds.zero({ route });
