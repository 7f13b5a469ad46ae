import { useCallback, useEffect, useState } from 'react';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import type { Theatre } from '../player/control-bar.tsx';

/** The player over the whole window, without the page's header; Escape leaves it. */
export function useTheatre(): Theatre {
  const [on, setOn] = useState(false);
  const toggle = useCallback(() => setOn((was) => !was), []);
  useEffect(() => {
    document.documentElement.toggleAttribute('data-theatre', on);
    if (!on) return;
    window.scrollTo(0, 0);
    const leave = (event: KeyboardEvent) => {
      const elsewhere = event.defaultPrevented || document.querySelector('dialog[open]') !== null;
      if (event.key === 'Escape' && !elsewhere) setOn(false);
    };
    document.addEventListener('keydown', leave);
    return () => {
      document.removeEventListener('keydown', leave);
      document.documentElement.removeAttribute('data-theatre');
    };
  }, [on]);
  return { on, toggle };
}

export function useDocumentTitle({ channel, title, live }: ChannelDetails): void {
  useEffect(() => {
    document.title = `${live ? '● ' : ''}${title || channel} · Footlight`;
  }, [channel, title, live]);
}
