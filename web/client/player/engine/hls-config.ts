import type { HlsConfig, LoaderResponse, RetryConfig } from 'hls.js';
import { AdaptiveQuality } from './adaptive-quality.ts';
import { PlaylistLoader } from './playlist-loader.ts';

/** Gone is gone: another rung or another stream has to be found, asking again is no use. */
const worthAsking = (
  _config: RetryConfig | null | undefined,
  _count: number,
  _isTimeout: boolean,
  response: LoaderResponse | undefined,
): boolean => response?.code !== 404 && response?.code !== 410;

const gentle: RetryConfig = {
  maxNumRetry: Number.POSITIVE_INFINITY,
  retryDelayMs: 500,
  maxRetryDelayMs: 3000,
  shouldRetry: worthAsking,
};

/** A lost part costs the segment: once more, quickly, then the playlist decides what is next. */
const quick: RetryConfig = { maxNumRetry: 6, retryDelayMs: 150, maxRetryDelayMs: 2000 };

/** Where a jump lands, seconds behind the edge; from then on the latency controller leads. */
export const LIVE_SYNC_SECONDS = 0.7;

export const hlsConfig: Partial<HlsConfig> = {
  lowLatencyMode: true,
  liveSyncDuration: LIVE_SYNC_SECONDS,
  liveSyncOnStallIncrease: 0,
  maxLiveSyncPlaybackRate: 1,
  backBufferLength: 30,
  maxBufferLength: 12,
  maxMaxBufferLength: 12,
  testBandwidth: false,
  // A rung may be begun with the keyframe behind the buffer's end (rung-alignment.ts).
  maxBufferHole: 0.55,
  // The first part may be on its way before there is an element to play it in.
  startFragPrefetch: true,
  // Fragments are passed on as they are; a worker would add a hop and ask for blob: in the page's policy.
  enableWorker: false,
  enableInterstitialPlayback: false,
  // Captions are decoded by ours (captions.ts).
  enableCEA708Captions: false,
  // hls.js types the option as its own class; it calls no more than this interface.
  abrController: AdaptiveQuality as unknown as HlsConfig['abrController'],
  pLoader: PlaylistLoader,
  manifestLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 8000,
      maxLoadTimeMs: 10_000,
      timeoutRetry: null,
      errorRetry: null,
    },
  },
  playlistLoadPolicy: {
    default: {
      // A blocked request may be held for three target durations (rfc8216bis, 6.2.5.2).
      maxTimeToFirstByteMs: 20_000,
      maxLoadTimeMs: 25_000,
      timeoutRetry: gentle,
      errorRetry: gentle,
    },
  },
  fragLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 5000,
      maxLoadTimeMs: 20_000,
      timeoutRetry: quick,
      errorRetry: quick,
    },
  },
};
