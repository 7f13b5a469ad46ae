import { useEffect } from 'react';
import { watchChannel } from '../events/event-stream.ts';

/** Counts this open player as a viewer while `open`. */
export function useWatching(channel: string, open: boolean): void {
  useEffect(() => (open ? watchChannel(channel) : undefined), [channel, open]);
}
