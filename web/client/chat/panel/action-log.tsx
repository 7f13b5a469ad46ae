import { useEffect, useMemo, useState } from 'react';
import type { ServerMessageOf } from '../../../../platform/protocol/chat/server-messages.ts';
import type { Line } from '../chat-client.ts';
import { fetchActions } from './chat-api.ts';
import { usePanel } from './panel-context.ts';
import { UndoButton } from './undo-button.tsx';
import { useChat } from './use-chat.ts';
import { actionWords, clockTime, dayAndTime } from './words.ts';

type Action = Omit<ServerMessageOf<'action'>, 'type'>;

/** What moderators did, newest first: what the server remembers, and what is being done now. */
export function ActionLog() {
  const { client } = usePanel();
  const lines = useChat(client, (state) => state.lines);
  const before = useBefore();
  const actions = useMemo(() => newestFirst(before ?? [], lines), [before, lines]);
  if (actions.length === 0)
    return (
      <div className="chat-empty" aria-busy={before === null}>
        <p className="chat-empty-title">Nothing done yet</p>
        <p>What moderators do is listed here, and most of it can be taken back.</p>
      </div>
    );
  return (
    <ol className="chat-action-log">
      {actions.map((action) => (
        <li key={action.id}>
          <time dateTime={new Date(action.at).toISOString()} title={dayAndTime(action.at)}>
            {clockTime(action.at)}
          </time>
          <span className="chat-action-words">
            <b>{action.actor}</b> {actionWords(action.action, action.target)}
            {action.reason !== null && <span className="chat-quiet">: {action.reason}</span>}
          </span>
          {action.undoable && <UndoButton action={action.id} />}
        </li>
      ))}
    </ol>
  );
}

/** Null until the server has said. */
function useBefore(): readonly Action[] | null {
  const { channel } = usePanel();
  const [actions, setActions] = useState<readonly Action[] | null>(null);
  useEffect(() => {
    const left = new AbortController();
    fetchActions(channel, left.signal).then(
      (list) =>
        setActions(
          list.map(({ actor, target, ...action }) => ({
            ...action,
            actor: actor.name,
            target: target?.name ?? null,
          })),
        ),
      // Those of now are shown all the same.
      () => setActions([]),
    );
    return () => left.abort();
  }, [channel]);
  return actions;
}

function newestFirst(before: readonly Action[], lines: readonly Line[]): Action[] {
  const byId = new Map<string, Action>();
  for (const line of lines) if (line.kind === 'action') byId.set(line.action.id, line.action);
  for (const action of before) byId.set(action.id, action);
  return [...byId.values()].toSorted((a, b) => b.at - a.at);
}
