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

/** Beside the ones of two letters and the oldest: where most links of strangers lead. */
const MORE_TLDS =
  'app art bet blog buzz cam casino cfd chat click cloud club cyou dev digital fun fyi games gift gg gratis group guru help host icu ink lat life link live lol loan ltd media mobi monster mov name network news one online page party pics porn pub rest review rocks run sale sbs sex site skin social space store stream surf tech tel today top tube video vip website wiki win work world wtf xyz zip zone';
const linkify = new LinkifyIt()
  .tlds(MORE_TLDS.split(' '), true)
  .set({ fuzzyLink: true, fuzzyIP: true });

export const hasLink = (text: string): boolean =>
  linkify.test(text.normalize('NFKC').replace(/[。｡]/gu, '.'));

/** Letters that look like Latin ones, as people write around a blocked word. */
const LOOKALIKES = new Map(
  Object.entries({
    a: '4@аα',
    b: '8в',
    c: 'сϲ',
    e: '3еε',
    h: 'н',
    i: '1іι!|ı',
    j: 'ј',
    k: 'кκ',
    m: 'м',
    n: 'ν',
    o: '0оο',
    p: 'рρ',
    s: '5$ѕ',
    t: '7тτ',
    x: 'хχ',
    y: 'у',
  }).flatMap(([letter, others]) => [...others].map((other) => [other, letter] as const)),
);
const MARKS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/gu;

/** For comparing only: without case, accents and joiners; full-width letters and lookalikes made plain. */
export const fold = (text: string): string => toLatin(plain(text));

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(MARKS, '')
    .replace(/[\u200c\u200d]/gu, '')
    .toLowerCase();

/** `!` and `|` end sentences too: they are letters only before others. */
const toLatin = (text: string): string =>
  text.replace(/[^a-z\s!|]|[!|](?=[\p{L}\p{N}@$])/gu, (sign) => LOOKALIKES.get(sign) ?? sign);

/** Scripts that put no space between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const isWordSign = (sign: string): boolean => /[\p{L}\p{N}_]/u.test(sign) && !UNSPACED.test(sign);

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A term matches as a whole word; `*` at its end or beginning stands for any letters. */
function termPattern(term: string): RegExp {
  const folded = fold(term);
  const inner = escapeRegExp(folded).replace(/^\\\*|\\\*$/g, '[\\p{L}\\p{N}_]*');
  const before = isWordSign([...folded][0] ?? '') ? '(?<![\\p{L}\\p{N}_])' : '';
  const after = isWordSign([...folded].at(-1) ?? '') ? '(?![\\p{L}\\p{N}_])' : '';
  return new RegExp(before + inner + after, 'u');
}

export const MOST_TERM_LENGTH = 100;
/** As it is kept; null: it would match nothing or everything. */
export function readTerm(raw: string): string | null {
  const term = raw.normalize('NFC').replace(/\s+/gu, ' ').trim().toLowerCase();
  const letters = [...fold(term).replaceAll('*', '').trim()];
  const isWhole = letters.length >= 2 || (letters.length === 1 && !isWordSign(letters[0] ?? ''));
  return isWhole && term.length <= MOST_TERM_LENGTH ? term : null;
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
  // With its signs as signs too: in `@name` none of them is a letter.
  const forms = [folded, plain(text)];
  const term = channel.terms.find((one) => forms.some((form) => patternOf(one).test(form)));
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
