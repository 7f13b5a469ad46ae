import { Refusal } from './refusal.ts';

/** Grapheme clusters: what people count as letters. */
export const MOST_GRAPHEMES = 500;
/** A cluster may be built of any number of signs; the longest family has 19 units. */
const MOST_UNITS_A_CLUSTER = 20;
const MOST_MARKS = 4;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** C0, C1 and the separators of lines: a chat line is one line. */
const LINE_BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
/**
 * What reorders or hides text: bidi controls (UAX #9), zero-width signs, fillers, lone surrogates
 * and whatever is private. Joiners, tags and variation selectors have their uses: see below.
 */
const HIDDEN =
  /[[\p{Default_Ignorable_Code_Point}\p{Co}\p{Cs}\ufff9-\ufffb]--[\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}]]/gv;
/** The flags of England, Scotland and Wales are written with tags; alone they say nothing. */
const TAGS =
  /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f})|[\u{e0020}-\u{e007f}]/gu;
/** Joined are emoji, and letters of scripts that need it: between Latin ones a joiner only hides. */
const PLAIN = '\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}\\p{Script=Common}';
const LETTER = `[[\\p{L}\\p{M}]--[${PLAIN}]]`;
const PICTURE = '[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f]';
const JOINERS = new RegExp(
  `(?<=${LETTER})([\u200c\u200d])[\u200c\u200d]*(?=${LETTER})|(?<=${PICTURE})(\u200d)[\u200c\u200d]*(?=\\p{Extended_Pictographic})|[\u200c\u200d]+`,
  'gv',
);
const LOOSE_SELECTORS =
  /(?<=^|\s|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]+/gu;
const EXCESS_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'gu');
/** The blank of Braille among them. */
const SPACES = /[\p{Zs}\u2800]+/gu;
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** One line, NFC, without signs that hide or reorder others; may be empty. */
const cleanLine = (raw: string): string =>
  raw
    .replace(LINE_BREAKS, ' ')
    .replace(HIDDEN, '')
    .replace(TAGS, (_, flag: string | undefined) => flag ?? '')
    .replace(JOINERS, (_, letters: string | undefined, pictures: string | undefined) => {
      return letters ?? pictures ?? '';
    })
    .replace(SPACES, ' ')
    .replace(LOOSE_SELECTORS, '')
    .normalize('NFC')
    .replace(EXCESS_MARKS, '$1')
    .trim();

/** What a moderator gives as reason; null: nothing that can be read. */
export function cleanReason(raw: string | undefined): string | null {
  const reason = cleanLine(raw ?? '');
  return SEEN.test(reason) ? reason : null;
}

/**
 * The text as it is kept and shown: NFC, one line, without characters that hide or reorder others.
 * Nothing in it is markup; the page shows it as text.
 *
 * @throws Refusal `text_empty`, `text_too_long`
 */
export function cleanText(raw: string): string {
  const text = cleanLine(raw);
  if (!SEEN.test(text)) {
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
  for (const { segment } of graphemes.segment(text)) {
    count += Math.ceil(segment.length / MOST_UNITS_A_CLUSTER);
    if (count > most) return true;
  }
  return false;
}
