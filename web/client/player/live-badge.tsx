import type { PlayerEngine, PlayerState } from './engine/types.ts';

const FOLLOWING = new Set<PlayerState['status']>(['playing', 'paused']);

/** Says whether this is live, and goes there. */
export function LiveBadge({ engine, state }: { engine: PlayerEngine | null; state: PlayerState }) {
  if (!FOLLOWING.has(state.status)) return null;
  const live = state.atLiveEdge && state.status === 'playing';
  return (
    <>
      <button
        type="button"
        className="live-badge"
        data-live={live}
        // Not `disabled`: that would take the keyboard's focus from who just pressed it.
        aria-disabled={live}
        title={live ? 'You are watching live' : 'Go to live'}
        onClick={() => live || engine?.goLive()}
      >
        <i aria-hidden="true" />
        {live ? 'Live' : 'Go live'}
      </button>
      {state.latencySeconds !== null && (
        <span className="latency" title="Behind the broadcaster's encoder">
          <span className="visually-hidden">Latency </span>
          {formatLatency(state.latencySeconds)}
        </span>
      )}
    </>
  );
}

/** `0.4 s` below ten seconds, `1:05` from a minute on. */
export function formatLatency(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
