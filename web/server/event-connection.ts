import type { Response } from 'express';
import type { Filter } from './event-log.ts';
import { eventConnectionsDropped, eventConnectionsGauge } from './web-metrics.ts';

/** Bytes that may wait for a reader; one that is further behind is closed and comes back. */
export const MAX_WAITING_BYTES = 256 * 1024;
/** What a browser waits before it reconnects by itself. */
const RETRY_MS = 2_000;

/** One open answer of `/events`. */
export interface EventConnection {
  readonly filter: Filter;
  send(bytes: Buffer): void;
  /** Ends the answer in an orderly way; the browser reconnects. */
  end(): void;
}

export function openEventConnection(options: {
  res: Response;
  filter: Filter;
  onClosed: () => void;
}): EventConnection {
  const { res } = options;
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  res.req.socket.setTimeout(0);
  res.req.socket.setKeepAlive(true, 30_000);
  eventConnectionsGauge.inc();
  res.once('close', () => {
    eventConnectionsGauge.dec();
    options.onClosed();
  });
  res.write(`retry: ${RETRY_MS}\n\n`);
  return {
    filter: options.filter,
    send(bytes) {
      if (res.writableEnded || res.destroyed) return;
      if (res.writableLength > MAX_WAITING_BYTES) {
        eventConnectionsDropped.inc();
        res.destroy();
      } else res.write(bytes);
    },
    end: () => void res.end(),
  };
}
