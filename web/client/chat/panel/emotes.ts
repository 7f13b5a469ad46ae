import { useEffect, useMemo, useState } from 'react';
import * as z from 'zod/mini';
import { callApi } from '../../events/api-client.ts';

const emoteSchema = z.object({ name: z.string(), url: z.string(), animated: z.boolean() });
export type Emote = z.infer<typeof emoteSchema>;
export type Emotes = ReadonlyMap<string, Emote>;
const listSchema = z.object({ emotes: z.array(emoteSchema) });

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

async function fetchEmotes(channel: string, signal: AbortSignal): Promise<Emote[]> {
  const path = `/api/v1/channels/${encodeURIComponent(channel)}/emotes`;
  const list = listSchema.safeParse(await callApi(path, { signal }));
  return list.success ? list.data.emotes : [];
}
