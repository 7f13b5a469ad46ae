import type Hls from 'hls.js';
import { Events, type LevelDetails } from 'hls.js';
import { LIVE_SYNC_SECONDS } from './hls-config.ts';

/** A start nearer to the edge than this runs dry before the next part. */
const MIN_LEAD_SECONDS = 0.5;

/**
 * Begins at a keyframe, so that the first part of picture and sound that is loaded is the first
 * picture on screen; nearer to the edge it goes once the rest is there. hls.js begins where its
 * live position says when it reads the first media playlist: this has to listen before it does.
 */
export function startAtKeyframe(hls: Hls): void {
  let begun = false;
  hls.on(Events.MANIFEST_LOADING, () => {
    begun = false;
  });
  hls.on(Events.LEVEL_LOADED, (_, { details }) => {
    if (!begun && details.live) {
      hls.config.liveSyncDuration = leadOf(details) ?? LIVE_SYNC_SECONDS;
    }
  });
  hls.on(Events.FRAG_BUFFERED, () => {
    begun = true;
    hls.config.liveSyncDuration = LIVE_SYNC_SECONDS;
  });
}

/**
 * Seconds from the newest keyframe to begin with to the edge, or while a stream has nothing older,
 * from its first; null: none is known.
 */
function leadOf({ partList, edge }: LevelDetails): number | null {
  const leads = (partList ?? [])
    .filter((part) => part.independent && !part.gap)
    .map((part) => edge - part.start);
  return leads.findLast((lead) => lead >= MIN_LEAD_SECONDS) ?? leads[0] ?? null;
}
