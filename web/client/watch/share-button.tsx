import { useEffect, useRef, useState } from 'react';
import { CheckIcon, ShareIcon } from '../shell/icons.tsx';

const SAID_FOR_MS = 2_500;
type Outcome = 'none' | 'copied' | 'by-hand';

/** The system's share sheet, else the clipboard, else (no HTTPS) the link to copy by hand. */
export function ShareButton({ channel, title }: { channel: string; title: string }) {
  const [outcome, setOutcome] = useState<Outcome>('none');
  const url = new URL(`/${channel}`, window.location.href).href;
  useEffect(() => {
    if (outcome !== 'copied') return;
    const timer = window.setTimeout(() => setOutcome('none'), SAID_FOR_MS);
    return () => window.clearTimeout(timer);
  }, [outcome]);
  return (
    <div className="share">
      <button
        type="button"
        className="button"
        onClick={async () => setOutcome(await share(url, title || channel))}
      >
        {outcome === 'copied' ? <CheckIcon /> : <ShareIcon />}
        {outcome === 'copied' ? 'Link copied' : 'Share'}
      </button>
      <span className="visually-hidden" role="status">
        {outcome === 'copied' ? 'Link copied.' : ''}
      </span>
      {outcome === 'by-hand' && <LinkByHand url={url} onLeave={() => setOutcome('none')} />}
    </div>
  );
}

async function share(url: string, title: string): Promise<Outcome> {
  if (navigator.share !== undefined && matchMedia('(pointer: coarse)').matches) {
    // A person who closes the sheet has had what they asked for.
    await navigator.share({ url, title }).catch(() => {});
    return 'none';
  }
  try {
    await navigator.clipboard.writeText(url);
    return 'copied';
  } catch {
    return 'by-hand';
  }
}

function LinkByHand({ url, onLeave }: { url: string; onLeave: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <input
      ref={field}
      className="share-link"
      aria-label="Link to this channel"
      readOnly
      value={url}
      onBlur={onLeave}
    />
  );
}
