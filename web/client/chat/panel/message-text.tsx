import { memo } from 'react';
import { EmoteImage } from './emote-image.tsx';
import type { Emotes } from './emotes.ts';
import { isEmotesOnly, type Part, partsOf } from './message-parts.ts';

interface MessageTextProps {
  text: string;
  emotes: Emotes;
  animations: boolean;
  /** Own name: what calls it stands out. */
  own: string | null;
}

export const MessageText = memo(({ text, emotes, animations, own }: MessageTextProps) => {
  const parts = partsOf(text, emotes);
  const large = isEmotesOnly(parts);
  let at = 0;
  return (
    <span className={large ? 'chat-text chat-text-emotes' : 'chat-text'}>
      {parts.map((part) => {
        const key = at;
        at += part.text.length;
        return <PartOf key={key} part={part} animations={animations} own={own} />;
      })}
    </span>
  );
});

function PartOf({
  part,
  animations,
  own,
}: {
  part: Part;
  animations: boolean;
  own: string | null;
}) {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'link':
      return (
        <a href={part.url} target="_blank" rel="noopener noreferrer nofollow ugc">
          {part.text}
        </a>
      );
    case 'mention':
      return (
        <span className={part.name === own ? 'chat-mention chat-mention-own' : 'chat-mention'}>
          {part.text}
        </span>
      );
    case 'emote':
      return <EmoteImage emote={part.emote} animations={animations} />;
    default:
      return part satisfies never;
  }
}
