import { expect, it } from 'vitest';
import { collectProcessMetrics, metrics } from '../../platform/metrics.ts';

it('says how busy the event loop is, and samples nothing for it between scrapes', async () => {
  collectProcessMetrics();
  const text = await metrics.metrics();
  const busy = /^nodejs_eventloop_utilization (\S+)$/m.exec(text)?.[1];
  expect(Number(busy)).toBeGreaterThanOrEqual(0);
  expect(Number(busy)).toBeLessThanOrEqual(1);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  expect(text).not.toMatch(/^nodejs_eventloop_lag_(min|max|mean|stddev|p\d+)_seconds/m);
});
