import { expect, test } from 'vitest';
import { ingestMetrics } from '../../ingest/ingest-metrics.ts';
import { StreamLifecycle } from '../../ingest/stream-lifecycle.ts';
import type { PublisherReport } from '../../ingest/worker-messages.ts';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Context } from '../../platform/context.ts';
import { createMemoryDirectory } from '../../platform/directory-memory.ts';
import { createLog } from '../../platform/log.ts';
import type { PublisherFacts } from '../../platform/stream.ts';
import { createManualClock } from '../support/manual-clock.ts';

const skipped = async () => (await ingestMetrics.skippedReports.get()).values[0]?.value ?? 0;

test('while a report waits for a slow directory, the ones behind it are left out and counted', async () => {
  const clock: Clock = createManualClock();
  const log = createLog('silent');
  const directory = createMemoryDirectory({ clock, newId: () => 's1' });
  const told: number[] = [];
  const gate = Promise.withResolvers<void>();
  directory.setPublisher = async (_, facts) => {
    await gate.promise;
    told.push(facts?.uptimeSeconds ?? -1);
  };
  const context = { clock, log, directory, bus: createMemoryBus(log) } as Context;
  const lifecycle = new StreamLifecycle(context, { evict: () => {} });
  const request = { channel: 'alice', publisherId: 'p1', identity: 'x' };
  const lease = await directory.takeLease(request);
  if (!lease.granted) throw new Error('the lease was not granted');
  const stream = lifecycle.attach('alice', { publisherId: 'p1', keyHash: '' }, lease);
  const report = (uptimeSeconds: number): PublisherReport => ({
    publisherId: 'p1',
    streamId: stream.streamId,
    facts: { uptimeSeconds } as PublisherFacts,
    advice: [],
    lastMediaMs: 0,
    sending: true,
  });

  const before = await skipped();
  for (let second = 1; second <= 60; second++) lifecycle.report(report(second));
  gate.resolve();
  await stream.told;
  expect(told).toEqual([1]);
  expect((await skipped()) - before).toBe(59);
  lifecycle.report(report(61));
  await stream.told;
  expect(told).toEqual([1, 61]);
});
