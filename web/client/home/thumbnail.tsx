import { type SyntheticEvent, useState } from 'react';
import { useVisibleNow } from '../format/use-visible-now.ts';
import { LogoMark } from '../shell/logo.tsx';

/** The server makes a new picture of each stream so often. */
const RENEW_MS = 60_000;
/** A stream that has just begun has its first picture soon. */
const FIRST_MS = 5_000;

/**
 * A stream's picture, a minute old at most while the page is seen. The one before stays until the
 * next can be drawn, and when it cannot be had; the house's own stands in while there is none.
 */
export function Thumbnail({ path }: { path: string | null }) {
  const [shown, setShown] = useState<{ path: string; src: string } | null>(null);
  const [missing, setMissing] = useState<string | null>(null);
  const current = shown?.path === path ? shown.src : null;
  const now = useVisibleNow(current === null ? FIRST_MS : RENEW_MS);
  const wanted = path === null ? null : `${path}?at=${Math.floor(now / FIRST_MS)}`;
  const draw = async ({ currentTarget }: SyntheticEvent<HTMLImageElement>) => {
    await currentTarget.decode();
    if (path !== null && wanted !== null) setShown({ path, src: wanted });
  };
  const none = current === null && (path === null || missing === path);
  return (
    <>
      {none && (
        <span className="card-no-picture">
          <LogoMark />
        </span>
      )}
      {[...new Set([current, wanted])].map(
        (src) =>
          src !== null && (
            <img
              key={src}
              src={src}
              data-coming={src !== current}
              alt=""
              loading="lazy"
              onLoad={(event) => draw(event).catch(() => {})}
              onError={() => setMissing(path)}
            />
          ),
      )}
    </>
  );
}
