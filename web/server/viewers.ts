import type { Clock } from '../../platform/clock.ts';
import { viewersGauge } from './web-metrics.ts';

interface Count {
  open: number;
  shown: number;
}

/** Open players by channel. */
export interface Viewers {
  /** Counts one player; the returned function ends it. */
  open(channel: string): () => void;
  of(channel: string): number;
  /** Channels whose count changed since this was last asked. */
  takeChanged(): string[];
  close(): void;
}

/**
 * A count rises at once and falls only when it has been lower for `lingerMs`, so that a player
 * which reconnects is neither missed nor counted twice.
 */
export function createViewers(options: { clock: Clock; lingerMs: number }): Viewers {
  const counts = new Map<string, Count>();
  const changed = new Set<string>();
  const lingering = new Set<() => void>();

  const show = (channel: string, count: Count, shown: number) => {
    if (shown === count.shown) return;
    viewersGauge.inc(shown - count.shown);
    count.shown = shown;
    changed.add(channel);
    if (shown === 0) counts.delete(channel);
  };
  const settle = (channel: string) => {
    const count = counts.get(channel);
    if (count !== undefined) show(channel, count, Math.max(count.open, count.shown - 1));
  };
  const leave = (channel: string, count: Count) => {
    count.open -= 1;
    const cancel = options.clock.after(options.lingerMs, () => {
      lingering.delete(cancel);
      settle(channel);
    });
    lingering.add(cancel);
  };

  return {
    open(channel) {
      const count = counts.get(channel) ?? { open: 0, shown: 0 };
      counts.set(channel, count);
      count.open += 1;
      show(channel, count, Math.max(count.open, count.shown));
      let left = false;
      return () => {
        if (left) return;
        left = true;
        leave(channel, count);
      };
    },
    of: (channel) => counts.get(channel)?.shown ?? 0,
    takeChanged() {
      const taken = [...changed];
      changed.clear();
      return taken;
    },
    close() {
      for (const cancel of lingering) cancel();
      for (const count of counts.values()) viewersGauge.dec(count.shown);
      counts.clear();
    },
  };
}
