import { CaptionsIcon, KeyboardIcon, TheatreIcon } from '../shell/icons.tsx';
import type { PlayerEngine, PlayerState } from './engine/types.ts';
import { LiveBadge } from './live-badge.tsx';
import { QualityMenu } from './quality-menu.tsx';

export interface Theatre {
  on: boolean;
  toggle: () => void;
}

interface ControlBarProps {
  engine: PlayerEngine | null;
  state: PlayerState;
  /** Null: this page has no theatre (an embed). */
  theatre: Theatre | null;
  onHelp: () => void;
}

export function ControlBar({ engine, state, theatre, onHelp }: ControlBarProps) {
  return (
    <media-control-bar className="controls">
      <media-play-button />
      <media-mute-button />
      <media-volume-range />
      <LiveBadge engine={engine} state={state} />
      <span className="controls-space" />
      {state.captionsAvailable && (
        <button
          type="button"
          className="control"
          aria-label="Captions"
          title="Captions (C)"
          aria-pressed={state.captionsOn}
          onClick={() => engine?.setCaptions(!state.captionsOn)}
        >
          <CaptionsIcon />
        </button>
      )}
      <QualityMenu engine={engine} state={state} />
      <button
        type="button"
        className="control control-wide-only"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
        onClick={onHelp}
      >
        <KeyboardIcon />
      </button>
      {theatre !== null && (
        <button
          type="button"
          className="control control-wide-only"
          aria-label="Theatre"
          title="Theatre (T)"
          aria-pressed={theatre.on}
          onClick={theatre.toggle}
        >
          <TheatreIcon />
        </button>
      )}
      <media-pip-button />
      <media-fullscreen-button />
    </media-control-bar>
  );
}
