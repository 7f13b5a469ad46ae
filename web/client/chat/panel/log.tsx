import { useMemo } from 'react';
import type { Line } from '../chat-client.ts';
import { Announcer } from './announcer.tsx';
import { DownIcon } from './icons.tsx';
import { LineRow } from './line-row.tsx';
import { usePanel } from './panel-context.ts';
import { PendingRows } from './pending-rows.tsx';
import { useActiveRow } from './use-active-row.ts';
import { useChat } from './use-chat.ts';
import { useLogWindow } from './use-log-window.ts';

/** The messages, with the actions of the one that is pointed at. */
export function Log({ onLeave }: { onLeave: () => void }) {
  const { client } = usePanel();
  const lines = useVisibleLines();
  const hasOlder = useChat(client, (state) => state.hasOlder);
  const you = useChat(client, (state) => state.you);
  const live = useChat(client, (state) => state.status.kind === 'live');
  const log = useLogWindow(client, lines, hasOlder);
  const active = useActiveRow({ list: log.list, hold: log.hold, onLeave });
  return (
    <div className="chat-log">
      <div
        ref={log.scroller}
        className="chat-scroller"
        role="log"
        aria-live="off"
        aria-label="Messages. Up and Down go from one to the next, Enter to what can be done with it."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of keys
        tabIndex={0}
        onScroll={log.onScroll}
        {...active.handlers}
      >
        {lines.length === 0 && live && <Empty />}
        <ol ref={log.list} className="chat-lines">
          {log.shown.map((line) => (
            <LineRow
              key={line.key}
              line={line}
              own={you?.id === undefined || you.id === '' ? null : you.name}
              active={line.key === active.key}
            />
          ))}
        </ol>
        <PendingRows />
      </div>
      {log.unseen !== null && <ToEnd count={log.unseen} onClick={log.toEnd} />}
      <Announcer />
    </div>
  );
}

/** Without what people write whom the reader has blocked. */
function useVisibleLines(): readonly Line[] {
  const { client } = usePanel();
  const lines = useChat(client, (state) => state.lines);
  const blocked = useChat(client, (state) => state.you?.blocked);
  return useMemo(() => {
    if (blocked === undefined || blocked.length === 0) return lines;
    const ids = new Set(blocked);
    return lines.filter((line) => !(line.kind === 'message' && ids.has(line.message.author.id)));
  }, [lines, blocked]);
}

function ToEnd({ count, onClick }: { count: number; onClick: () => void }) {
  const words = count === 0 ? 'Go to the newest' : `${count} new message${count === 1 ? '' : 's'}`;
  return (
    <button type="button" className="chat-to-end" onClick={onClick}>
      <DownIcon />
      {words}
    </button>
  );
}

const Empty = () => (
  <div className="chat-empty">
    <p className="chat-empty-title">Quiet in the house</p>
    <p>Nobody has written anything yet. Say hello.</p>
  </div>
);
