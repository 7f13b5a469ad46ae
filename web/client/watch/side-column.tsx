import './side-column.css';
import { useState } from 'react';
import { CollapseIcon } from '../shell/icons.tsx';
import { type PanelLoad, useChatPanel } from './use-chat-panel.ts';

interface SideColumnProps {
  channel: string;
  onCollapse: () => void;
}

/** The chat's place beside the picture. Its script comes after the player's. */
export function SideColumn({ channel, onCollapse }: SideColumnProps) {
  const [attempt, setAttempt] = useState(0);
  const load = useChatPanel(attempt);
  return (
    <aside className="side" aria-label="Chat">
      {load.kind === 'ready' ? (
        <load.ChatPanel
          channel={channel}
          poppedOut={false}
          aside={
            <button
              type="button"
              className="chat-head-button side-collapse"
              aria-label="Hide chat"
              title="Hide chat"
              onClick={onCollapse}
            >
              <CollapseIcon />
            </button>
          }
        />
      ) : (
        <Waiting load={load} onAgain={() => setAttempt(attempt + 1)} />
      )}
    </aside>
  );
}

function Waiting({ load, onAgain }: { load: PanelLoad; onAgain: () => void }) {
  return (
    <>
      <div className="side-head">
        <h2>Chat</h2>
      </div>
      {load.kind === 'failed' && (
        <div className="side-failed">
          <p role="alert">The chat could not be loaded.</p>
          <button type="button" className="button" onClick={onAgain}>
            Try again
          </button>
        </div>
      )}
    </>
  );
}
