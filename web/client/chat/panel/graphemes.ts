export const MOST_GRAPHEMES = 500;
/** From here on the count is shown. */
export const COUNT_FROM = 400;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Letters as people count them; null: few enough not to be counted. */
export function countNearLimit(text: string): number | null {
  if (text.length < COUNT_FROM) return null;
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count < COUNT_FROM ? null : count;
}
