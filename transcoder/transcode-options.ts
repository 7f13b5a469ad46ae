import type { Context } from '../platform/context.ts';
import type { VideoCodec } from '../platform/stream.ts';
import type { StreamPackager } from './packager/stream-packager.ts';
import type { ProcessRegistry } from './process-registry.ts';
import type { RunDirectory } from './run-directory.ts';
import type { VideoEncoder } from './video-encoder.ts';

export interface PackagerEvents {
  onPlayable(): void;
  onLongKeyframes(seconds: number): boolean;
}

export interface StreamTranscodeOptions {
  context: Pick<Context, 'config' | 'directory' | 'clock' | 'log'>;
  stream: { channel: string; streamId: string; startedAt: number };
  createPackager(events: PackagerEvents): StreamPackager;
  /** At most once, when viewers can begin; never after `onEnd`. */
  onPlayable(): Promise<void>;
  /** Facts or advice in the directory changed. */
  onReport(): void;
  onEnd(): void;
  registry: ProcessRegistry;
  directory: RunDirectory;
  /** The best encoder found so far. */
  encoder(): VideoEncoder;
  /** Codecs besides H.264 that ffmpeg is known to hand on so far. */
  handedOn(): readonly VideoCodec[];
  cores: number;
  nextRunNumber(): number;
}
