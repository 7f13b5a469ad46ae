import type { ReactNode } from 'react';
import { MutedIcon, PlayIcon } from '../shell/icons.tsx';
import { AUDIO_ONLY, type PlayerEngine, type PlayerState } from './engine/types.ts';

interface OverlaysProps {
  engine: PlayerEngine | null;
  state: PlayerState;
  /** Shown under "The stream has ended". */
  afterEnd?: ReactNode;
  onUnmute: () => void;
}

/** What lies over the picture when something other than playing goes on. */
export function Overlays({ engine, state, afterEnd, onUnmute }: OverlaysProps) {
  switch (state.status) {
    case 'idle':
      return <Busy title="Waiting for the stream" />;
    case 'loading':
      return <Busy title="Loading the stream" quiet />;
    case 'reconnecting':
      return (
        <Busy title="Reconnecting">
          The connection to the stream was lost. It goes on by itself.
        </Busy>
      );
    case 'ended':
      return (
        <div className="overlay overlay-curtain">
          <p className="overlay-title">The stream has ended</p>
          <p className="overlay-more">
            Thanks for watching. If it comes back, it plays here by itself.
          </p>
          {afterEnd}
        </div>
      );
    case 'blocked':
      return (
        <button type="button" className="overlay overlay-tap" onClick={() => engine?.play()}>
          <span className="tap-disc">
            <PlayIcon />
          </span>
          <span className="overlay-title">Tap to play</span>
        </button>
      );
    case 'error':
      return (
        <div className="overlay overlay-curtain">
          <p className="overlay-title">The stream cannot be played</p>
          <p>{state.error ?? 'The browser gave no reason.'}</p>
          <button type="button" className="button button-primary" onClick={() => engine?.retry()}>
            Try again
          </button>
        </div>
      );
    case 'paused':
    case 'playing':
      return (
        <>
          {(state.soundOnly || state.selectedQuality === AUDIO_ONLY) && (
            <AudioOnly playing={state.status === 'playing'} byChoice={!state.soundOnly} />
          )}
          {state.muted && state.mutedByAutoplay && (
            <button type="button" className="unmute-pill" onClick={onUnmute}>
              <MutedIcon />
              Click to unmute
            </button>
          )}
        </>
      );
    default:
      return state.status satisfies never;
  }
}

/** In the picture's place, so that a black screen is not taken for a fault. */
function AudioOnly({ playing, byChoice }: { playing: boolean; byChoice: boolean }) {
  return (
    <div className="overlay overlay-audio">
      <Lamps lit={playing} />
      <p className="overlay-title">Audio only</p>
      <p className="overlay-more">
        {byChoice ? 'The picture comes back in the quality menu.' : 'This stream is sound alone.'}
      </p>
    </div>
  );
}

function Lamps({ lit = true }: { lit?: boolean }) {
  return (
    <span className="lamps-busy" data-lit={lit} aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}

function Busy({ title, quiet = false, children }: BusyProps) {
  return (
    <div className={quiet ? 'overlay' : 'overlay overlay-dim'}>
      <Lamps />
      <p className={quiet ? 'visually-hidden' : 'overlay-title'}>{title}</p>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

interface BusyProps {
  title: string;
  quiet?: boolean;
  children?: ReactNode;
}

const SPOKEN: Record<PlayerState['status'], string> = {
  idle: 'Waiting for the stream.',
  loading: 'Loading the stream.',
  playing: 'Playing live.',
  paused: 'Paused.',
  blocked: 'The browser waits for a click to play.',
  reconnecting: 'Reconnecting to the stream.',
  ended: 'The stream has ended.',
  error: 'The stream cannot be played.',
};

/** Says changes of state to screen readers. */
export function Announcement({ state }: { state: PlayerState }) {
  const muted = state.muted && state.mutedByAutoplay ? ' Sound is off until you unmute.' : '';
  const cause = state.status === 'error' ? ` ${state.error ?? ''}` : '';
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {SPOKEN[state.status]}
      {muted}
      {cause}
    </p>
  );
}
