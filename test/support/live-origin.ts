import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { createOrigin, type Origin } from '../../transcoder/packager/origin.ts';
import type { SegmentStore } from '../../transcoder/packager/segment-store.ts';
import { MemorySegmentStore } from '../../transcoder/packager/segment-store-memory.ts';

export interface LiveOrigin {
  origin: Origin;
  /** `http://127.0.0.1:PORT` */
  url: string;
  close(): Promise<void>;
}

export const silentLog = pino({ level: 'silent' });

/** The origin on a port of its own, as the product mounts it. */
export async function startLiveOrigin(
  options: { store?: SegmentStore; cdnUrl?: string; maxBlocked?: number; clock?: Clock } = {},
): Promise<LiveOrigin> {
  const clock = options.clock ?? systemClock;
  const store = options.store ?? new MemorySegmentStore({ clock, maxBytes: 256 * 1024 * 1024 });
  const origin = createOrigin({
    store,
    clock,
    log: silentLog,
    cdnUrl: options.cdnUrl ?? null,
    ...(options.maxBlocked === undefined ? {} : { maxBlocked: options.maxBlocked }),
  });
  await origin.start();
  const server = createServer((request, response) => origin.handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin,
    url: `http://127.0.0.1:${port}`,
    async close() {
      await origin.stop();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
