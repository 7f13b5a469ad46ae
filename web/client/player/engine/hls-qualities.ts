import type Hls from 'hls.js';
import { AUDIO_ONLY, AUTO_QUALITY, type Quality } from './types.ts';

const labelOf = (level: { name: string; height: number; uri: string }): string => {
  const height = level.height > 0 ? `${level.height}p` : level.name || 'Video';
  return /\/source\//.test(level.uri) ? `${height} (source)` : height;
};

/** What the viewer may choose, best first; a rung's id is its number in hls.js. */
export function qualitiesOf(hls: Hls, audioAlone: boolean): Quality[] {
  const rungs = hls.levels
    .map((level, id) => ({ id, label: labelOf(level), height: level.height || null }))
    .reverse();
  const auto = { id: AUTO_QUALITY, label: 'Auto', height: null };
  const audio = { id: AUDIO_ONLY, label: 'Audio only', height: null };
  return audioAlone ? [auto, ...rungs, audio] : [auto, ...rungs];
}
