/** The files of one rendition. Parts are numbered on their own, so the next one's name is known. */
export const fileNames = {
  playlist: 'index.m3u8',
  init: (number: number) => `init-${number}.mp4`,
  segment: (msn: number) => `seg-${msn}.m4s`,
  part: (number: number) => `part-${number}.m4s`,
};

export type MediaFile = { type: 'init' | 'segment' | 'part'; number: number };

const TYPES = { 'init-': 'init', 'seg-': 'segment', 'part-': 'part' } as const;
const PATTERN = /^(init-|seg-|part-)(0|[1-9]\d{0,9})\.(mp4|m4s)$/;

/** Null for anything that is not the name of a media file of ours. */
export function parseFileName(name: string): MediaFile | null {
  const match = PATTERN.exec(name);
  if (match === null) return null;
  const type = TYPES[match[1] as keyof typeof TYPES];
  if ((match[3] === 'mp4') !== (type === 'init')) return null;
  return { type, number: Number(match[2]) };
}
