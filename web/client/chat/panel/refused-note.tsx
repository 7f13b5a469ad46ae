import { useEffect, useRef, useState } from 'react';
import type { Refused } from '../chat-client.ts';
import { CloseIcon } from './icons.tsx';
import { usePanel } from './panel-context.ts';
import { useChat } from './use-chat.ts';
import { useUntil } from './use-until.ts';
import { countdown } from './words.ts';

/**
 * Why the last message or wish was not granted, and when it may be tried again. `sent`: how many
 * messages went out of the box.
 */
export function RefusedNote({ sent }: { sent: number }) {
  const { client } = usePanel();
  const refused = useChat(client, (state) => state.refused);
  const [closed, setClosed] = useState(0);
  const silencedUntil = useChat(client, (state) => state.you?.silencedUntil);
  const about = useRef({ sent, silencedUntil });
  // It is old news once something else is sent, or the standing has changed.
  useEffect(() => {
    const same = about.current.sent === sent && about.current.silencedUntil === silencedUntil;
    about.current = { sent, silencedUntil };
    if (!same) setClosed(client.get().refused?.count ?? 0);
  }, [client, sent, silencedUntil]);
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
