import { useEffect, useMemo, useState } from 'react';
import type { Emote } from '../../../../platform/protocol/chat/api.ts';
import { fetchEmotes } from './chat-api.ts';

export type { Emote };
export type Emotes = ReadonlyMap<string, Emote>;

const RETRY_MS = 30_000;

/** The channel's emotes by name; none until the server has said. */
export function useEmotes(channel: string): Emotes {
  const [list, setList] = useState<readonly Emote[]>([]);
  useEffect(() => {
    const left = new AbortController();
    let retry: number | undefined;
    const ask = () => {
      fetchEmotes(channel, left.signal).then(setList, () => {
        if (!left.signal.aborted) retry = window.setTimeout(ask, RETRY_MS);
      });
    };
    ask();
    return () => {
      left.abort();
      window.clearTimeout(retry);
    };
  }, [channel]);
  return useMemo(() => new Map(list.map((emote) => [emote.name, emote])), [list]);
}
