import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { ActionLog } from './action-log.tsx';
import { HeldList } from './held-list.tsx';
import { ModeSwitches } from './mode-switches.tsx';
import { usePanel } from './panel-context.ts';
import { useChat } from './use-chat.ts';

const TABS = ['waiting', 'modes', 'log'] as const;
type Tab = (typeof TABS)[number];

/** The moderators' desk: what waits for them, how chat is held, what they did. */
export function ModerationSheet() {
  const { client } = usePanel();
  const waiting = useChat(client, (state) => state.held.length);
  const [tab, setTab] = useState<Tab>(waiting > 0 ? 'waiting' : 'modes');
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const names: Record<Tab, string> = {
    waiting: waiting === 0 ? 'Waiting' : `Waiting (${waiting})`,
    modes: 'Modes',
    log: 'Log',
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = (TABS.indexOf(tab) + by + TABS.length) % TABS.length;
    setTab(TABS[next] ?? 'waiting');
    list.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <>
      <div
        ref={list}
        className="chat-tabs"
        role="tablist"
        aria-label="Moderation"
        onKeyDown={onKeyDown}
      >
        {TABS.map((one) => (
          <button
            key={one}
            id={`${id}-${one}`}
            type="button"
            role="tab"
            aria-selected={one === tab}
            aria-controls={`${id}-panel`}
            tabIndex={one === tab ? 0 : -1}
            onClick={() => setTab(one)}
          >
            {names[one]}
          </button>
        ))}
      </div>
      <div
        id={`${id}-panel`}
        className="chat-sheet-body"
        role="tabpanel"
        aria-labelledby={`${id}-${tab}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of keys
        tabIndex={0}
      >
        {tab === 'waiting' && <HeldList />}
        {tab === 'modes' && <ModeSwitches />}
        {tab === 'log' && <ActionLog />}
      </div>
    </>
  );
}
