import type { Advice, PublisherFacts } from '../platform/stream.ts';

const LONG_KEYFRAMES_SECONDS = 4;
const SLOW_RATIO = 0.95;
/** Share of the frames that may be missing or late before it is worth a word. */
const FEW_FRAMES = 0.01;
const STEADY_SECONDS = 15;
/** A second with less than this of the mean bitrate is a hole. */
const HOLE = 0.25;

export interface RecentFrames {
  frames: number;
  dropped: number;
  late: number;
  /** Bits in each of the last seconds. */
  bitrates: number[];
}

/** What the broadcaster should set, in plain words; empty when all is well. */
export function adviseOn(facts: PublisherFacts, recent: RecentFrames): Advice[] {
  return [
    longKeyframes(facts),
    tooSlow(facts),
    dropped(recent),
    late(recent),
    unstable(recent),
    shed(facts),
    bFrames(facts),
  ].filter((advice) => advice !== null);
}

function longKeyframes({ keyframeSeconds }: PublisherFacts): Advice | null {
  if (keyframeSeconds === null || keyframeSeconds <= LONG_KEYFRAMES_SECONDS) return null;
  return {
    code: 'keyframe_interval_long',
    level: 'warning',
    message: `Keyframes are ${keyframeSeconds.toFixed(1)} s apart, which makes viewers wait. Set the keyframe interval to 2 seconds in OBS: Settings > Output > Streaming > Keyframe Interval.`,
  };
}

function tooSlow({ realTimeRatio }: PublisherFacts): Advice | null {
  if (realTimeRatio === null || realTimeRatio >= SLOW_RATIO) return null;
  return {
    code: 'slower_than_real_time',
    level: 'error',
    message: `The encoder sends ${Math.round(realTimeRatio * 100)} % of real time, so viewers run dry. Lower its resolution, frame rate or bitrate, or check the upload connection.`,
  };
}

function dropped({ frames, dropped: missing }: RecentFrames): Advice | null {
  if (missing <= frames * FEW_FRAMES || missing < 3) return null;
  return {
    code: 'frames_dropped',
    level: 'warning',
    message: `The encoder dropped ${missing} frames in the last 30 seconds. Lower its bitrate, or connect by cable instead of Wi-Fi.`,
  };
}

function late({ frames, late: behind }: RecentFrames): Advice | null {
  if (behind <= frames * FEW_FRAMES || behind < 3) return null;
  return {
    code: 'frames_late',
    level: 'warning',
    message: `${behind} frames of the last 30 seconds came more than half a second late. The upload is not steady: lower the bitrate, or connect by cable instead of Wi-Fi.`,
  };
}

function unstable({ bitrates, late: behind }: RecentFrames): Advice | null {
  if (bitrates.length < STEADY_SECONDS || behind === 0) return null;
  const mean = bitrates.reduce((sum, bits) => sum + bits, 0) / bitrates.length;
  if (!bitrates.some((bits) => bits < mean * HOLE)) return null;
  return {
    code: 'bitrate_unstable',
    level: 'warning',
    message:
      'The bitrate that arrives falls to nearly nothing now and then. Set rate control to CBR in OBS (Settings > Output > Streaming) and a bitrate below what your upload can carry.',
  };
}

function shed({ shedFrames }: PublisherFacts): Advice | null {
  if (shedFrames === 0) return null;
  return {
    code: 'frames_shed',
    level: 'warning',
    message: `The server left out ${shedFrames} frames because it could not process them in time. Lower the resolution or bitrate, or give the server more cores.`,
  };
}

function bFrames({ hasBFrames }: PublisherFacts): Advice | null {
  if (hasBFrames !== true) return null;
  return {
    code: 'b_frames',
    level: 'info',
    message:
      'The encoder uses B-frames, which add latency. For the lowest latency set "Max B-frames" to 0, or the tune "zerolatency" in OBS: Settings > Output > Streaming.',
  };
}
