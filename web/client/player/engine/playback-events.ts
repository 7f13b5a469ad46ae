import type { PlaybackEvents } from './playback.ts';
import type { PlayerStore } from './player-store.ts';
import type { Recovery } from './recovery.ts';
import type { ServerClock } from './server-clock.ts';
import type { StreamEnd } from './stream-end.ts';
import type { TrackWatch } from './track-watch.ts';

interface Hearers {
  store: PlayerStore;
  clock: ServerClock;
  tracks: TrackWatch;
  recovery: Recovery;
  end: StreamEnd;
  opened: PlaybackEvents['opened'];
}

/** Who of the engine hears what a playback tells. */
export function playbackEvents(hearers: Hearers): PlaybackEvents {
  const { store, clock, tracks, recovery, end, opened } = hearers;
  return {
    opened,
    qualities: (qualities) => store.set({ qualities }),
    anotherRun: () => tracks.look(0),
    progressed: () => recovery.succeeded(),
    activeQuality: (id) => store.set({ activeQuality: id }),
    captions: (available) => store.set({ captionsAvailable: available }),
    soundOnly: (is) => store.set({ soundOnly: is }),
    serverDate: (answer) => clock.observe(answer),
    closed: () => end.certain(),
    failed: (failure) => recovery.failed(failure),
  };
}
