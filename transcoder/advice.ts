import type { Advice, SourceVideo } from '../platform/stream.ts';
import { whyEncoded } from './ladder.ts';

export interface TranscodeState {
  video: SourceVideo | null;
  /** Seconds between keyframes when they came too far apart; null: they did not. */
  longKeyframes: number | null;
  /** Names of the renditions given up. */
  shed: readonly string[];
  /** Ends in a row without a minute of peace. */
  failures: number;
  /** Why ffmpeg could not be started; null otherwise. */
  fault: string | null;
  /** A hardware encoder was given up on this stream. */
  softwareInstead: string | null;
  /** What is wrong with the files on disk; null while all is well. */
  storeFault: string | null;
}

const seconds = (value: number) => `${Math.round(value * 10) / 10} s`;

/** What the broadcaster should know of how the stream is prepared, the gravest first. */
export function transcodeAdvice(state: TranscodeState): Advice[] {
  const advice: Advice[] = [];
  if (state.fault !== null) {
    advice.push({ code: 'transcoder_fault', level: 'error', message: state.fault });
  }
  if (state.failures >= 3) {
    advice.push({
      code: 'transcoder_failing',
      level: 'error',
      message: `The server's transcoder ended ${state.failures} times in a row on this stream, so viewers see gaps. Restart your encoder with H.264 and AAC; if it goes on, the server's log says why.`,
    });
  }
  if (state.longKeyframes !== null) {
    advice.push({
      code: 'keyframes_far_apart',
      level: 'warning',
      message: `Your keyframes are ${seconds(state.longKeyframes)} apart, so the server encodes your picture anew, which costs quality. In OBS set Settings > Output > Keyframe Interval to 2 s.`,
    });
  }
  if (state.shed.length > 0) {
    advice.push({
      code: 'renditions_shed',
      level: 'warning',
      message: `The server could not encode every quality in time and gave up ${state.shed.join(', ')}, so that viewers stay live. Ask its owner for a smaller LADDER, or send a smaller picture.`,
    });
  }
  const format = state.video === null ? null : whyEncoded(state.video);
  if (format !== null) {
    advice.push({
      code: 'source_encoded',
      level: 'info',
      message: `Not every browser plays ${format}, so the server encodes your picture to H.264. Set the encoder to H.264 with 8 bits (4:2:0) to send it on untouched.`,
    });
  }
  if (state.softwareInstead !== null) {
    advice.push({
      code: 'hardware_encoder_failed',
      level: 'warning',
      message: `The server's hardware encoder (${state.softwareInstead}) failed on this stream, so it encodes in software.`,
    });
  }
  if (state.storeFault !== null) {
    advice.push({ code: 'files_not_written', level: 'warning', message: state.storeFault });
  }
  return advice;
}
