import { useEffect, useState } from 'react';
import type { PlayerState } from './engine/types.ts';

/** A stream that has not begun by then does not keep the controls from the viewer. */
const LATEST_MS = 1000;

/** Whether the elements of the controls are there: they come after the picture, not before. */
export function useControls(status: PlayerState['status']): boolean {
  const [there, setThere] = useState(false);
  const begun = status !== 'loading';
  useEffect(() => {
    const load = async () => {
      await import('./media-chrome-elements.ts');
      setThere(true);
    };
    // Without its controls the player still plays.
    const timer = window.setTimeout(() => load().catch(() => {}), begun ? 0 : LATEST_MS);
    return () => window.clearTimeout(timer);
  }, [begun]);
  return there;
}
