import { useState } from 'react';
import type { ChatMessage } from '../../../../platform/protocol/chat/server-messages.ts';
import { authorColor } from './author-color.ts';
import { Badge } from './badge.tsx';
import { CloseIcon, PinIcon } from './icons.tsx';
import { MessageText } from './message-text.tsx';
import { usePanel } from './panel-context.ts';
import { moderates } from './ranks.ts';
import { useChat } from './use-chat.ts';
import { modeSentences } from './words.ts';

/** Above the messages: what is pinned, and how chat is held just now. */
export function Banners() {
  const { client } = usePanel();
  const pinned = useChat(client, (state) => state.pinned);
  const modes = useChat(client, (state) => state.modes);
  const [hidden, setHidden] = useState<string | null>(null);
  const sentences = modeSentences(modes);
  return (
    <>
      {pinned !== null && pinned.id !== hidden && (
        <Pinned message={pinned} onHide={() => setHidden(pinned.id)} />
      )}
      <div role="status">
        <ul className="chat-modes" aria-label="How chat is held">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </div>
    </>
  );
}

function Pinned({ message, onHide }: { message: ChatMessage; onHide: () => void }) {
  const { client, emotes, settings, wish } = usePanel();
  const you = useChat(client, (state) => state.you);
  const { author } = message;
  return (
    <section className="chat-pinned" aria-label="Pinned message">
      <PinIcon />
      <div className="chat-pinned-words">
        <p className="chat-pinned-by">
          <Badge roles={author.roles} />
          <b style={{ color: authorColor(author) }}>{author.name}</b>
          <span className="chat-quiet">pinned</span>
        </p>
        <p className="chat-pinned-text">
          <MessageText
            text={message.text}
            emotes={emotes}
            animations={settings.animations}
            own={you?.name ?? null}
          />
        </p>
        {moderates(you?.roles ?? []) && (
          <button
            type="button"
            className="chat-inline-button"
            onClick={() => void wish({ type: 'pin', message: null }, 'Unpinned.')}
          >
            Unpin for everybody
          </button>
        )}
      </div>
      <button
        type="button"
        className="chat-small-button"
        aria-label="Hide the pinned message"
        title="Hide"
        onClick={onHide}
      >
        <CloseIcon />
      </button>
    </section>
  );
}
