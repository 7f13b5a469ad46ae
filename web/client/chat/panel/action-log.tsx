import { useMemo } from 'react';
import { usePanel } from './panel-context.ts';
import { UndoButton } from './undo-button.tsx';
import { useChat } from './use-chat.ts';
import { actionWords, clockTime } from './words.ts';

/** What moderators did while this page was open, newest first. */
export function ActionLog() {
  const { client } = usePanel();
  const lines = useChat(client, (state) => state.lines);
  const actions = useMemo(
    () => lines.flatMap((line) => (line.kind === 'action' ? [line.action] : [])).toReversed(),
    [lines],
  );
  if (actions.length === 0)
    return (
      <div className="chat-empty">
        <p className="chat-empty-title">Nothing done yet</p>
        <p>What moderators do is listed here, and most of it can be taken back.</p>
      </div>
    );
  return (
    <ol className="chat-action-log">
      {actions.map((action) => (
        <li key={action.id}>
          <time dateTime={new Date(action.at).toISOString()}>{clockTime(action.at)}</time>
          <span>
            <b>{action.actor}</b> {actionWords(action.action, action.target)}
            {action.reason !== null && <span className="chat-quiet">: {action.reason}</span>}
          </span>
          {action.undoable && <UndoButton action={action.id} />}
        </li>
      ))}
    </ol>
  );
}
