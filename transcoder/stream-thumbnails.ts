import type { Clock } from '../platform/clock.ts';
import type { StreamPackager } from './packager/stream-packager.ts';
import type { Thumbnailer } from './thumbnails.ts';

const EVERY_MS = 60_000;
/** After a failure, or while another stream's picture is being made. */
const RETRY_MS = 3000;

/** A picture of the stream when it becomes playable and then now and again. Returns the stop. */
export function keepThumbnails(options: {
  packager: StreamPackager;
  thumbnailer: Thumbnailer;
  clock: Clock;
}): () => void {
  const { packager, thumbnailer, clock } = options;
  let stopped = false;
  let cancel = () => {};
  const take = async () => {
    const keyframe = packager.newestKeyframe();
    const jpeg = keyframe === null ? null : await thumbnailer.make(keyframe);
    if (stopped) return;
    if (jpeg !== null) packager.setThumbnail(jpeg);
    cancel = clock.after(jpeg === null ? RETRY_MS : EVERY_MS, () => void take());
  };
  void take();
  return () => {
    stopped = true;
    cancel();
  };
}
