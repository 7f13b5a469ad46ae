import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** The one registry behind `/metrics`. Totals and distributions only: no channel, user or key labels. */
export const metrics = new Registry();

const NEVER_MS = 2 ** 31 - 1;
/** Node's histogram of the event loop's delay wakes the process a hundred times a second for it. */
const SAMPLED = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];

/** Adds what Node knows of its own process: CPU, memory, event loop. Called once, by the server. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: NEVER_MS });
  for (const name of SAMPLED) metrics.removeSingleMetric(`nodejs_eventloop_lag_${name}_seconds`);
  let before = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'Share of the time since the last scrape that the main event loop was busy, 0 to 1.',
    registers: [metrics],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    },
  });
}
