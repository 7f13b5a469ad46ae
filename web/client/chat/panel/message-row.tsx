import { memo } from 'react';
import type { ChatMessage } from '../../../../platform/protocol/chat/server-messages.ts';
import { authorColor } from './author-color.ts';
import { Badge } from './badge.tsx';
import { ReplyIcon } from './icons.tsx';
import { MessageText } from './message-text.tsx';
import { usePanel } from './panel-context.ts';
import { RowActions } from './row-actions.tsx';
import { clockTime, dayAndTime } from './words.ts';

interface MessageRowProps {
  message: ChatMessage;
  deleted: boolean;
  /** Own name; null: signed out. */
  own: string | null;
  /** Pointed at, or where the keyboard is: its actions are there. */
  active: boolean;
  /** It calls the reader, or answers them. */
  callsYou: boolean;
}

export const MessageRow = memo(({ message, deleted, own, active, callsYou }: MessageRowProps) => {
  const { settings } = usePanel();
  const kinds = [
    message.kind === undefined ? '' : `chat-row-${message.kind}`,
    callsYou ? 'chat-row-you' : '',
    active ? 'chat-row-active' : '',
  ];
  return (
    <>
      <div className={`chat-row-body ${kinds.join(' ')}`}>
        {message.replyTo !== undefined && !deleted && <Quoted replyTo={message.replyTo} />}
        {message.kind === 'announce' && <p className="chat-announce-mark">Announcement</p>}
        {settings.timestamps && <Time at={message.at} />}
        <AuthorName message={message} />
        {deleted ? (
          <span className="chat-deleted">message deleted</span>
        ) : (
          <Said message={message} own={own} />
        )}
      </div>
      {active && !deleted && <RowActions message={message} />}
    </>
  );
});

function Said({ message, own }: { message: ChatMessage; own: string | null }) {
  const { emotes, settings } = usePanel();
  const color = message.kind === 'me' ? authorColor(message.author) : undefined;
  const text = (
    <MessageText text={message.text} emotes={emotes} animations={settings.animations} own={own} />
  );
  if (color === undefined) return text;
  return (
    <span className="chat-me" style={{ color }}>
      {text}
    </span>
  );
}

export function AuthorName({ message }: { message: Pick<ChatMessage, 'author' | 'kind'> }) {
  const { openSheet } = usePanel();
  const { author } = message;
  return (
    <span className="chat-author">
      <Badge roles={author.roles} />
      <button
        type="button"
        className="chat-name"
        tabIndex={-1}
        style={{ color: authorColor(author) }}
        onClick={() => openSheet({ kind: 'card', name: author.name })}
      >
        {author.name}
      </button>
      {message.kind === 'me' ? ' ' : <span className="chat-colon">: </span>}
    </span>
  );
}

function Quoted({ replyTo }: { replyTo: { id: string; name: string; text: string } }) {
  const { openSheet } = usePanel();
  return (
    <button
      type="button"
      className="chat-quoted"
      tabIndex={-1}
      title="Show the thread"
      onClick={() => openSheet({ kind: 'thread', message: replyTo.id })}
    >
      <ReplyIcon />
      <span className="chat-quoted-text">
        <span className="visually-hidden">In reply to </span>
        <b>@{replyTo.name}</b> {replyTo.text}
      </span>
    </button>
  );
}

export const Time = ({ at }: { at: number }) => (
  <time className="chat-time" dateTime={new Date(at).toISOString()} title={dayAndTime(at)}>
    {clockTime(at)}
  </time>
);
