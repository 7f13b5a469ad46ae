import type { ReactNode } from 'react';
import { formatCount } from '../../format/numbers.ts';
import { GearIcon } from '../../shell/icons.tsx';
import { PeopleIcon, PopOutIcon, ShieldIcon } from './icons.tsx';
import { type SheetName, usePanel } from './panel-context.ts';
import { moderates } from './ranks.ts';
import { useChat } from './use-chat.ts';

const POP_OUT = 'width=420,height=720';

interface HeadProps {
  poppedOut: boolean;
  sheet: SheetName | null;
  aside: ReactNode;
}

/** The title and what opens over the messages. */
export function Head({ poppedOut, sheet, aside }: HeadProps) {
  const { channel, client, openSheet } = usePanel();
  const count = useChat(client, (state) => state.presence.count);
  const roles = useChat(client, (state) => state.you?.roles);
  const waiting = useChat(client, (state) => state.held.length);
  const toggle = (kind: 'people' | 'settings' | 'moderation') => () =>
    openSheet(sheet?.kind === kind ? null : { kind });
  const path = `/${channel}/chat`;
  return (
    <header className="chat-head">
      <h2>{poppedOut ? `${channel}'s chat` : 'Chat'}</h2>
      <div className="chat-head-buttons">
        {moderates(roles ?? []) && (
          <HeadButton
            label={waiting === 0 ? 'Moderation' : `Moderation, ${waiting} waiting`}
            open={sheet?.kind === 'moderation'}
            onClick={toggle('moderation')}
          >
            <ShieldIcon />
            {waiting > 0 && <span className="chat-head-count">{formatCount(waiting)}</span>}
          </HeadButton>
        )}
        <HeadButton
          label={`People here: ${formatCount(count)}`}
          open={sheet?.kind === 'people'}
          onClick={toggle('people')}
        >
          <PeopleIcon />
          <span className="chat-head-number">{formatCount(count)}</span>
        </HeadButton>
        <HeadButton
          label="Chat settings"
          open={sheet?.kind === 'settings'}
          onClick={toggle('settings')}
        >
          <GearIcon />
        </HeadButton>
        {!poppedOut && (
          <a
            className="chat-head-button chat-pop-out"
            href={path}
            target="_blank"
            rel="noopener opener"
            aria-label="Chat in a window of its own"
            title="Chat in a window of its own"
            onClick={(event) => {
              // Where a browser opens no windows, the link opens a tab.
              if (window.open(path, `footlight-chat-${channel}`, POP_OUT) !== null)
                event.preventDefault();
            }}
          >
            <PopOutIcon />
          </a>
        )}
        {aside}
      </div>
    </header>
  );
}

function HeadButton(props: {
  label: string;
  open: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  const { label, open, onClick, children } = props;
  return (
    <button
      type="button"
      className="chat-head-button"
      aria-label={label}
      title={label}
      aria-expanded={open}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
