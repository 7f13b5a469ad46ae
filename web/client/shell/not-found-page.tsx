import { useEffect } from 'react';
import { Link } from '../router/link.tsx';
import { Stage } from './stage.tsx';

/** @param channel the name that was asked for, when the path could have been a channel's */
export function NotFoundPage({ channel }: { channel?: string }) {
  useEffect(() => {
    document.title = 'Not found · Footlight';
  }, []);
  return (
    <main id="main" className="centred-page">
      <Stage>
        <p className="eyebrow">404</p>
        <h1>
          {channel === undefined ? 'Nothing is staged here' : `No channel called “${channel}”`}
        </h1>
        <p className="lede">
          {channel === undefined
            ? 'The address leads nowhere on this server. It may have been mistyped.'
            : 'Check the spelling, or see who is on right now.'}
        </p>
        <Link className="button button-primary" href="/">
          See who is live
        </Link>
      </Stage>
    </main>
  );
}
