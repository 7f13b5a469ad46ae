import { useMemo } from 'react';
import type { ChatMessage } from '../../../../platform/protocol/chat/server-messages.ts';
import type { Line } from '../chat-client.ts';
import { AuthorName, Time } from './message-row.tsx';
import { MessageText } from './message-text.tsx';
import { usePanel } from './panel-context.ts';
import { isSignedIn } from './ranks.ts';
import { useChat } from './use-chat.ts';

/** A message, what it answers and what answers it, as far as the history goes. */
export function ThreadSheet({ message }: { message: string }) {
  const { client, emotes, settings, draft, openSheet } = usePanel();
  const lines = useChat(client, (state) => state.lines);
  const you = useChat(client, (state) => state.you);
  const { messages, before } = useMemo(() => threadOf(lines, message), [lines, message]);
  const newest = messages.at(-1);
  const reply = () => {
    if (newest === undefined) return;
    openSheet(null);
    draft({ replyTo: newest, text: null });
  };
  return (
    <div className="chat-sheet-body">
      {before !== null && (
        <blockquote className="chat-thread-before">
          <b>@{before.name}</b> {before.text}
        </blockquote>
      )}
      <ol className="chat-lines chat-thread">
        {messages.map((one) => (
          <li key={one.id} className="chat-row">
            <div className="chat-row-body">
              <Time at={one.at} />
              <AuthorName message={one} />
              <MessageText
                text={one.text}
                emotes={emotes}
                animations={settings.animations}
                own={you?.name ?? null}
              />
            </div>
          </li>
        ))}
      </ol>
      {messages.length === 0 && before === null && (
        <p className="chat-quiet">This message is not in the history any more.</p>
      )}
      {newest !== undefined && isSignedIn(you?.roles ?? []) && (
        <button type="button" className="button" onClick={reply}>
          Reply to {newest.author.name}
        </button>
      )}
    </div>
  );
}

/** `before`: what the first one answers, when the history has it no more. */
function threadOf(lines: readonly Line[], start: string) {
  const all = new Map<string, ChatMessage>();
  for (const line of lines) {
    if (line.kind === 'message' && !line.deleted) all.set(line.message.id, line.message);
  }
  const parentOf = (id: string) => all.get(id)?.replyTo?.id;
  let root = start;
  const passed = new Set<string>();
  for (let up = parentOf(root); up !== undefined && !passed.has(up); up = parentOf(root)) {
    passed.add(up);
    root = up;
  }
  const within = new Set([root]);
  const messages = [...all.values()].filter(({ id, replyTo }) => {
    if (replyTo !== undefined && within.has(replyTo.id)) within.add(id);
    return within.has(id);
  });
  const quoted = messages.find(({ replyTo }) => replyTo?.id === root)?.replyTo ?? null;
  return { messages, before: all.has(root) ? null : quoted };
}
