import { type RefObject, useEffect } from 'react';
import type { PlayerEngine } from './engine/types.ts';

/** A wish to media-chrome's controller, as its own buttons send it. */
export function requestMedia(controller: HTMLElement | null, type: string, detail?: unknown): void {
  controller?.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
}

/**
 * Playing and pausing are the engine's to do, since it knows the live edge: media-chrome's wishes
 * for them are taken before they reach its controller, which would only call the element.
 */
export function useEngineRequests(
  frame: RefObject<HTMLElement | null>,
  engine: PlayerEngine | null,
): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null || engine === null) return;
    const wishes: Record<string, () => void> = {
      mediaplayrequest: () => engine.play(),
      mediapauserequest: () => engine.pause(),
      mediaseektoliverequest: () => engine.goLive(),
    };
    const take = (event: Event) => {
      event.stopPropagation();
      wishes[event.type]?.();
    };
    for (const type of Object.keys(wishes)) element.addEventListener(type, take, true);
    return () => {
      for (const type of Object.keys(wishes)) element.removeEventListener(type, take, true);
    };
  }, [frame, engine]);
}
