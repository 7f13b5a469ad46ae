import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { createSharedStream, type Deliver } from './shared-stream.ts';
import type { Wish } from './wishes.ts';
import { TAB_REPEATS_EVERY_MS, type ToWorker } from './worker-messages.ts';

/** This tab's place in the shared stream. */
export interface StreamMember {
  /** `fresh`: deliver a snapshot of where things stand. */
  wish(wish: Wish, fresh: boolean): void;
}

const NOTHING: Wish = { listening: false, channels: [], watching: [] };

/**
 * Joins the stream of a SharedWorker, which unlike Web Locks is there over plain HTTP on a home
 * network too. Browsers without it (Android) give every tab a stream of its own.
 */
export function joinSharedStream(deliver: Deliver): StreamMember {
  const worker = startWorker();
  return worker === null ? ownStream(deliver) : workerStream(worker, deliver);
}

function startWorker(): SharedWorker | null {
  if (!('SharedWorker' in globalThis)) return null;
  try {
    return new SharedWorker(new URL('./shared-worker.ts', import.meta.url), { type: 'module' });
  } catch {
    // A sandboxed frame may not start one.
    return null;
  }
}

function workerStream(worker: SharedWorker, deliver: Deliver): StreamMember {
  let current = NOTHING;
  let silent: StreamMember | null = null;
  const say = (message: ToWorker) => worker.port.postMessage(message);
  worker.port.onmessage = ({ data }: MessageEvent<ServerEvent>) => deliver(data);
  worker.onerror = () => {
    // The worker's script could not be loaded.
    silent ??= ownStream(deliver);
    silent.wish(current, true);
  };
  setInterval(() => say({ kind: 'wish', wish: current, fresh: false }), TAB_REPEATS_EVERY_MS);
  onWake(() => say({ kind: 'wake', wish: current, fresh: false }));
  addEventListener('pagehide', () => say({ kind: 'leave' }));
  addEventListener('pageshow', (event) => {
    if (event.persisted) say({ kind: 'wake', wish: current, fresh: true });
  });
  return {
    wish(wish, fresh) {
      current = wish;
      if (silent === null) say({ kind: 'wish', wish, fresh });
      else silent.wish(wish, fresh);
    },
  };
}

function ownStream(deliver: Deliver): StreamMember {
  const stream = createSharedStream();
  onWake(() => stream.wake());
  return { wish: (wish, fresh) => stream.wish(deliver, wish, fresh) };
}

function onWake(wake: () => void): void {
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake();
  });
}
