import { useEffect, useState } from 'react';
import type { ChannelSummary } from '../../../platform/protocol/api.ts';
import { fetchChannels } from '../events/api-client.ts';

const SHOWN = 6;

/** Who else is live; asks again whenever `askedAt` changes, as nobody watches for it. */
export function useOtherLive(channel: string, askedAt: number): ChannelSummary[] {
  const [others, setOthers] = useState<ChannelSummary[]>([]);
  useEffect(() => {
    const left = new AbortController();
    const ask = async () => {
      try {
        const all = await fetchChannels(left.signal);
        setOthers(all.filter((one) => one.live && one.channel !== channel).slice(0, SHOWN));
      } catch {
        // The list is an extra: the one shown before stays.
      }
    };
    if (askedAt > 0) void ask();
    return () => left.abort();
  }, [channel, askedAt]);
  return others;
}
