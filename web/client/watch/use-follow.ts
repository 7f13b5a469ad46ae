import { useCallback, useEffect, useState } from 'react';
import type { Follow } from '../../../platform/protocol/api.ts';
import { fetchFollow, setFollow } from '../account/account-api.ts';

export interface Following {
  /** Null until the server has said. */
  facts: Follow | null;
  /** The server has not answered the last wish yet. */
  busy: boolean;
  /** Why the last wish was not granted. */
  problem: string | null;
  wish(following: boolean): void;
}

/** Whether this person follows the channel: as the server says, never as was clicked. */
export function useFollow(channel: string): Following {
  const [facts, setFacts] = useState<Follow | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    const left = new AbortController();
    // What fails is not shown: the button works without its number.
    fetchFollow(channel, left.signal).then(setFacts, () => {});
    return () => left.abort();
  }, [channel]);

  const wish = useCallback(
    async (following: boolean) => {
      setBusy(true);
      setProblem(null);
      try {
        setFacts(await setFollow(channel, following));
      } catch (error) {
        setProblem(error instanceof Error ? error.message : 'The server cannot be reached.');
      }
      setBusy(false);
    },
    [channel],
  );
  return { facts, busy, problem, wish: (following) => void wish(following) };
}
