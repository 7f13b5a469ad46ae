import { useEffect, useState } from 'react';
import type { Refused } from '../chat-client.ts';
import { CloseIcon } from './icons.tsx';
import { usePanel } from './panel-context.ts';
import { useChat } from './use-chat.ts';
import { countdown } from './words.ts';

const TICK_MS = 250;

/** Why the last message or wish was not granted, and when it may be tried again. */
export function RefusedNote() {
  const { client } = usePanel();
  const refused = useChat(client, (state) => state.refused);
  const [closed, setClosed] = useState(0);
  const now = useUntil(refused?.retryAt ?? null);
  if (refused === null || refused.count === closed) return null;
  const waits = refused.retryAt !== null && refused.retryAt > now;
  return (
    <div className="chat-refused">
      <p role="alert">{refused.reason}</p>
      {waits && <Countdown refused={refused} now={now} />}
      {refused.retryAt !== null && !waits && <p className="chat-again">You can try again now.</p>}
      <button
        type="button"
        className="chat-small-button"
        aria-label="Close this notice"
        onClick={() => setClosed(refused.count)}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

const Countdown = ({ refused, now }: { refused: Refused; now: number }) => (
  <p className="chat-again">
    Again in <b>{countdown((refused.retryAt ?? now) - now)}</b>
  </p>
);

/** Wall ms, renewed until then. */
function useUntil(until: number | null): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    if (until === null || until <= Date.now()) return;
    const timer = window.setInterval(() => {
      setNow(Date.now());
      if (until <= Date.now()) window.clearInterval(timer);
    }, TICK_MS);
    return () => window.clearInterval(timer);
  }, [until]);
  return now;
}
