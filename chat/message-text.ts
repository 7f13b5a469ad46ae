import { Refusal } from './refusal.ts';

/** Grapheme clusters: what people count as letters. */
export const MOST_GRAPHEMES = 500;
/** One cluster may be built of any number of marks. */
const MOST_MARKS = 4;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** C0, C1 and the separators of lines: a chat line is one line. */
const LINE_BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
/**
 * What reorders or hides text: bidi controls (UAX #9), soft hyphen, zero-width space and word
 * joiner, invisible operators, fillers and whatever is private. The zero-width
 * joiners stay where letters and emoji need them.
 */
const HIDDEN =
  /\u034f|[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\p{Co}\p{Cs}]/gu;
/** England, Scotland and Wales are written with tags; alone they say nothing. */
const LOOSE_TAGS = /(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)[\u{e0000}-\u{e007f}]/gu;
const LOOSE_JOINERS =
  /(?<!\p{L}|\p{M}|\p{Emoji})[\u200c\u200d]+|[\u200c\u200d]+(?!\p{L}|\p{Emoji})/gu;
const EXCESS_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'gu');
const SPACES = /\p{Zs}+/gu;

/**
 * The text as it is kept and shown: NFC, one line, without characters that hide or reorder others.
 * Nothing in it is markup; the page shows it as text.
 *
 * @throws Refusal `text_empty`, `text_too_long`
 */
export function cleanText(raw: string): string {
  const text = raw
    .normalize('NFC')
    .replace(LINE_BREAKS, ' ')
    .replace(HIDDEN, '')
    .replace(LOOSE_TAGS, '')
    .replace(LOOSE_JOINERS, '')
    .replace(EXCESS_MARKS, '$1')
    .replace(SPACES, ' ')
    .trim();
  if (text === '') {
    throw new Refusal({
      code: 'text_empty',
      message: 'There is nothing to read in this message. Write something that can be seen.',
      status: 400,
    });
  }
  if (isLongerThan(text, MOST_GRAPHEMES)) {
    throw new Refusal({
      code: 'text_too_long',
      message: `A message has at most ${MOST_GRAPHEMES} characters. Shorten it, or send it in parts.`,
      status: 400,
    });
  }
  return text;
}

function isLongerThan(text: string, most: number): boolean {
  // Every cluster has at least one code unit: most messages are not counted at all.
  if (text.length <= most) return false;
  let count = 0;
  for (const _ of graphemes.segment(text)) {
    count += 1;
    if (count > most) return true;
  }
  return false;
}
