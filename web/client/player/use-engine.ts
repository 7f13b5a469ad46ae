import { type RefObject, useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { createPlayerEngine } from './engine/player-engine.ts';
import { START } from './engine/player-store.ts';
import type { PlayerEngine, PlayerState, StreamFact } from './engine/types.ts';

/** One engine for as long as the video element and the source stay; told every fact of the stream. */
export function useEngine(options: {
  video: RefObject<HTMLVideoElement | null>;
  channel: string;
  src: string;
  fact: StreamFact;
}): { engine: PlayerEngine | null; state: PlayerState } {
  const { video, channel, src } = options;
  const { live, streamId, interrupted } = options.fact;
  const [engine, setEngine] = useState<PlayerEngine | null>(null);

  useEffect(() => {
    if (video.current === null) return;
    const made = createPlayerEngine({ video: video.current, channel, src });
    setEngine(made);
    return () => {
      setEngine(null);
      made.destroy();
    };
  }, [video, channel, src]);

  useEffect(() => {
    engine?.streamChanged({ live, streamId, interrupted });
  }, [engine, live, streamId, interrupted]);

  const subscribe = useCallback(
    (listener: () => void) => engine?.subscribe(listener) ?? (() => {}),
    [engine],
  );
  const state = useSyncExternalStore(subscribe, () => engine?.state() ?? START);
  return { engine, state };
}
