import { useEffect, useState } from 'react';

/**
 * Wall milliseconds, renewed every `everyMs` while somebody can see the page; after it was hidden
 * for longer than that, at once. What asks the server for news by this asks nothing unseen.
 */
export function useVisibleNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    let timer: number | undefined;
    const plan = () => {
      window.clearTimeout(timer);
      if (document.hidden) return;
      timer = window.setTimeout(() => setNow(Date.now()), Math.max(0, now + everyMs - Date.now()));
    };
    plan();
    document.addEventListener('visibilitychange', plan);
    return () => {
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', plan);
    };
  }, [everyMs, now]);
  return now;
}
