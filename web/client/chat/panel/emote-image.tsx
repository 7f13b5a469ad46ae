import { useEffect, useRef } from 'react';
import type { Emote } from './emotes.ts';

/** An emote in a line of text; without animations its first frame. */
export function EmoteImage({ emote, animations }: { emote: Emote; animations: boolean }) {
  if (emote.animated && !animations) return <StillEmote emote={emote} />;
  return (
    <img
      className="chat-emote"
      src={emote.url}
      alt={`:${emote.name}:`}
      title={`:${emote.name}:`}
      draggable={false}
    />
  );
}

const STILL_PX = 112;

/** Browsers draw an animated picture's first frame into a canvas. */
function StillEmote({ emote }: { emote: Emote }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new Image();
    image.onload = () => {
      const target = canvas.current;
      if (target === null) return;
      target.height = Math.min(STILL_PX, image.naturalHeight);
      target.width = Math.round((target.height * image.naturalWidth) / image.naturalHeight);
      target.getContext('2d')?.drawImage(image, 0, 0, target.width, target.height);
    };
    image.src = emote.url;
    return () => {
      image.onload = null;
    };
  }, [emote.url]);
  return (
    <canvas
      ref={canvas}
      className="chat-emote"
      role="img"
      aria-label={`:${emote.name}:`}
      title={`:${emote.name}:`}
    />
  );
}
