import type { HeldMessage } from '../../../../platform/protocol/chat/server-messages.ts';
import { authorColor } from './author-color.ts';
import { Badge } from './badge.tsx';
import { usePanel } from './panel-context.ts';
import { useChat } from './use-chat.ts';
import { clockTime } from './words.ts';

/** Messages that wait for a moderator, oldest first. */
export function HeldList() {
  const { client } = usePanel();
  const held = useChat(client, (state) => state.held);
  if (held.length === 0)
    return (
      <div className="chat-empty">
        <p className="chat-empty-title">Nothing waits</p>
        <p>Messages that a rule holds, and those that people report, come here.</p>
      </div>
    );
  return (
    <ol className="chat-held">
      {held.map((message) => (
        <HeldItem key={message.id} message={message} />
      ))}
    </ol>
  );
}

function HeldItem({ message }: { message: HeldMessage }) {
  const { openSheet, wish } = usePanel();
  const { author } = message;
  const reported = message.rule === 'report';
  const review = (approve: boolean) =>
    void wish(
      { type: 'review', held: message.id, approve },
      approve
        ? `The message of ${author.name} is shown.`
        : `The message of ${author.name} is gone.`,
    );
  return (
    <li>
      <p className="chat-held-head">
        <Badge roles={author.roles} />
        <button
          type="button"
          className="chat-name"
          style={{ color: authorColor(author) }}
          onClick={() => openSheet({ kind: 'card', name: author.name })}
        >
          {author.name}
        </button>
        <time dateTime={new Date(message.at).toISOString()}>{clockTime(message.at)}</time>
      </p>
      <p className="chat-held-text">{message.text}</p>
      <p className="chat-held-reason">{message.reason}</p>
      <div className="chat-held-actions">
        <button type="button" className="button button-primary" onClick={() => review(true)}>
          {reported ? 'Keep' : 'Approve'}
        </button>
        <button type="button" className="button" onClick={() => review(false)}>
          {reported ? 'Delete' : 'Deny'}
        </button>
      </div>
    </li>
  );
}
