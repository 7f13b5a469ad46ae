import { systemClock } from '../../platform/clock.ts';
import { FIRST_MEDIA_MS } from '../../platform/stream.ts';
import {
  createStreamPackager,
  type RenditionPlan,
  type StreamPackager,
} from '../../transcoder/packager/stream-packager.ts';
import { type LiveOrigin, silentLog, startLiveOrigin } from './live-origin.ts';

export interface PackagerLive {
  packager: StreamPackager;
  live: LiveOrigin;
  /** The channel's multivariant playlist. */
  url: string;
  playable: Promise<void>;
  longKeyframes: number[];
}

export const videoPlan = (name: string, copied = true): RenditionPlan => ({
  name,
  kind: 'video',
  copied,
  width: null,
  height: null,
  fps: null,
});

export const audioPlan: RenditionPlan = { ...videoPlan('audio'), kind: 'audio' };

/** A packager behind an origin on a port of its own. */
export async function startPackager(
  options: Parameters<typeof startLiveOrigin>[0] & {
    partMs?: number;
    segmentMs?: number;
    replacesLongKeyframes?: boolean;
  } = {},
): Promise<PackagerLive> {
  const live = await startLiveOrigin(options);
  const { promise: playable, resolve } = Promise.withResolvers<void>();
  const longKeyframes: number[] = [];
  const packager = createStreamPackager({
    origin: live.origin,
    channel: 'demo',
    streamId: 'stream1',
    partMs: options.partMs ?? 200,
    segmentMs: options.segmentMs ?? 2000,
    clock: systemClock,
    log: silentLog,
    onPlayable: resolve,
    onLongKeyframes: (seconds) => {
      longKeyframes.push(seconds);
      return options.replacesLongKeyframes ?? false;
    },
  });
  return { packager, live, url: `${live.url}/live/demo/index.m3u8`, playable, longKeyframes };
}

/** Begins a run whose wall clock is now. */
export function beginRun(
  packager: StreamPackager,
  plan: RenditionPlan[],
  startAtMs: number = FIRST_MEDIA_MS,
) {
  return packager.beginRun({ plan, wallBaseMs: Date.now() - startAtMs, startAtMs });
}
