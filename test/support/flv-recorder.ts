import { setTimeout as sleep } from 'node:timers/promises';
import { hasCaptions } from '../../transcoder/packager/captions-detector.ts';
import { FlvDemuxer } from '../../transcoder/packager/flv-demuxer.ts';
import type { PackagerRun } from '../../transcoder/packager/stream-packager.ts';
import type { Frame, Track } from '../../transcoder/packager/track.ts';

export interface RecordedRendition {
  tracks: Track[];
  /** Without their data. Presentation time is `timeMs + compositionMs`. */
  frames: Omit<Frame, 'data'>[];
  /** Frames that carry CEA-608 characters. */
  captioned: number;
}

export interface FlvRecorder extends PackagerRun {
  closed: boolean;
  of(rendition: string): RecordedRendition;
  ptsOf(rendition: string): number[];
  /** Resolves as soon as it holds, looked at after every chunk; rejects after ten seconds. */
  until(holds: () => boolean): Promise<void>;
}

/** Stands where the packager stands and keeps what ffmpeg wrote. */
export function createFlvRecorder(): FlvRecorder {
  const renditions = new Map<string, RecordedRendition & { demuxer: FlvDemuxer }>();
  const waiting = new Set<() => void>();
  const open = (name: string) => {
    const known = renditions.get(name);
    if (known !== undefined) return known;
    const recorded: RecordedRendition = { tracks: [], frames: [], captioned: 0 };
    const demuxer = new FlvDemuxer({
      kind: name === 'audio' ? 'audio' : 'video',
      onTrack: (track) => recorded.tracks.push(track),
      onFrame: ({ data, ...frame }) => {
        const track = recorded.tracks.at(-1);
        recorded.frames.push(frame);
        if (track?.kind === 'video' && hasCaptions(data, track)) recorded.captioned += 1;
      },
    });
    const made = Object.assign(recorded, { demuxer });
    renditions.set(name, made);
    return made;
  };
  const ptsOf = (name: string) =>
    open(name).frames.map((frame) => frame.timeMs + frame.compositionMs);
  const recorder: FlvRecorder = {
    closed: false,
    of: open,
    ptsOf,
    push(name, chunk) {
      open(name).demuxer.push(chunk);
      for (const look of waiting) look();
    },
    lastMediaMs: (name) => ptsOf(name).at(-1) ?? null,
    close() {
      recorder.closed = true;
    },
    async until(holds) {
      if (holds()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => holds() && resolve();
      waiting.add(look);
      const patience = new AbortController();
      const late = sleep(10_000, undefined, { signal: patience.signal }).then(() => {
        throw new Error('what was waited for did not come in ten seconds');
      });
      try {
        await Promise.race([promise, late]);
      } finally {
        waiting.delete(look);
        patience.abort();
        late.catch(() => {});
      }
    },
  };
  return recorder;
}
