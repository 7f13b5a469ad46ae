import { LinkifyIt } from 'linkify-it';

/** Which messages wait for a moderator. */
export interface Filters {
  /** Who may write links; the others' messages are held. */
  links: 'everyone' | 'followers' | 'vips';
  /** Hold what is mostly capitals. */
  caps: boolean;
  /** Hold what repeats letters, words or the person's own last message. */
  repetition: boolean;
}

export const NO_FILTERS: Filters = { links: 'everyone', caps: false, repetition: false };
/** What the shield sets. */
export const STRICT_FILTERS: Filters = { links: 'vips', caps: true, repetition: true };

export interface Held {
  rule: 'term' | 'links' | 'caps' | 'repetition';
  reason: string;
}

const linkify = new LinkifyIt().set({ fuzzyIP: true });

export const hasLink = (text: string): boolean => linkify.test(text);

/** Letters that look like others, as people write around a blocked word. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
};

/** For comparing only: without case, marks and joiners, full-width and lookalike letters made plain. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\u200c\u200d]/gu, '')
    .toLowerCase()
    .replace(/[01345780@$!|]/g, (sign) => LOOKALIKES[sign] ?? sign);
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A term matches as a whole word; `*` at its end or beginning stands for any letters. */
function termPattern(term: string): RegExp {
  const inner = escapeRegExp(fold(term)).replace(/^\\\*|\\\*$/g, '[\\p{L}\\p{N}_]*');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${inner}(?![\\p{L}\\p{N}_])`, 'u');
}

const MOST_PATTERNS = 10_000;
const patterns = new Map<string, RegExp>();
function patternOf(term: string): RegExp {
  const known = patterns.get(term);
  if (known !== undefined) return known;
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  const pattern = termPattern(term);
  patterns.set(term, pattern);
  return pattern;
}

const MIN_CAPS_LETTERS = 12;
const CAPS_SHARE = 0.7;
const isShouted = (text: string): boolean => {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  return letters >= MIN_CAPS_LETTERS && capitals / letters >= CAPS_SHARE;
};
const isRepetitive = (text: string): boolean =>
  /(\P{N})\1{9,}/u.test(text) || /(?:^|\s)(\S+)(?:\s+\1){4,}(?:\s|$)/u.test(text);

/** The first rule that holds this message; null: it goes out. */
export function heldBy(
  text: string,
  channel: { filters: Filters; terms: string[] },
  author: { mayLink: boolean; lastText: string | null },
): Held | null {
  const folded = fold(text);
  const term = channel.terms.find((one) => patternOf(one).test(folded));
  if (term !== undefined) return { rule: 'term', reason: `It has the blocked term “${term}”.` };
  if (!author.mayLink && hasLink(text)) {
    return {
      rule: 'links',
      reason: 'It has a link, and this channel shows links of others first to its moderators.',
    };
  }
  if (channel.filters.caps && isShouted(text)) {
    return { rule: 'caps', reason: 'It is mostly capitals.' };
  }
  if (channel.filters.repetition) {
    const again = author.lastText !== null && fold(author.lastText) === folded;
    if (again) return { rule: 'repetition', reason: 'It says the same as the message before.' };
    if (isRepetitive(text)) return { rule: 'repetition', reason: 'It repeats itself.' };
  }
  return null;
}
