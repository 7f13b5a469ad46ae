import { describe, expect, it } from 'vitest';
import { cleanReason, cleanText, MOST_GRAPHEMES } from '../../chat/rules/message-text.ts';

describe('a text is kept as it was meant', () => {
  it.each([
    ['families', '👨‍👩‍👧‍👦 👩🏻‍❤️‍💋‍👩🏿 🏳️‍⚧️ ❤️‍🔥 #️⃣ 🇫🇷'],
    ['flags of tags', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} won'],
    ['Persian with its joiners', 'نمی‌دانم'],
    ['Hindi with its joiners', 'क्‍ष'],
    ['Arabic and Hebrew', 'مرحبا שלום'],
    ['Chinese, Japanese, Korean', '你好 こんにちは 안녕'],
    ['Thai with its marks', 'ก็ดีนี่'],
    ['markup', '<b onclick="x()">&amp;</b> [a](javascript:x)'],
  ])('%s', (_, text) => {
    expect(cleanText(text)).toBe(text);
  });
});

describe('what hides, reorders or piles up goes', () => {
  it.each([
    ['composed (NFC)', 'e\u0301', 'é'],
    ['composed across a hidden sign', 'e\u200b\u0301', 'é'],
    ['zero width', 'b\u200ba\u2060d\ufeff', 'bad'],
    ['joiners between Latin letters', 'b\u200da\u200cd', 'bad'],
    ['joiners at the ends', '\u200dhi\u200c', 'hi'],
    ['joiners in a row', 'ن\u200c\u200c\u200cم', 'ن\u200cم'],
    ['bidi overrides', 'a\u202egnp.exe\u202c', 'agnp.exe'],
    ['bidi isolates and marks', '\u2066a\u2069\u200e\u200f\u061cb', 'ab'],
    ['soft hyphens and fillers', 'a\u00ad\u3164\u115f\uffa0b', 'ab'],
    ['tags without a flag', 'hi\u{e0068}\u{e0069}', 'hi'],
    ['tags without an end', `\u{1f3f4}${'\u{e0061}'.repeat(50)}`, '\u{1f3f4}'],
    ['selectors that carry nothing', 'hi \ufe0f\ufe0e\u{e0100}\u{e0101}there', 'hi there'],
    ['unassigned invisible signs', 'a\u{e0080}\u{e0fff}\u2065b', 'ab'],
    ['private signs', 'a\ue000\u{f0000}b', 'ab'],
    ['lone surrogates', 'a\ud800b\udc00', 'ab'],
    ['lines', 'one\r\ntwo\u2028three\u0085four', 'one two three four'],
    ['controls', 'a\u0000\u0007\u001b[31mb', 'a [31mb'],
    ['wide blanks', 'a \u3000\u00a0\u2800 b', 'a b'],
    ['zalgo', `a${'\u0301'.repeat(40)}`, `á${'\u0301'.repeat(4)}`.slice(0, 6)],
  ])('%s', (_, text, cleaned) => {
    const kept = cleanText(text);
    expect(kept).toBe(cleaned.normalize('NFC'));
    expect(cleanText(kept)).toBe(kept);
  });
});

describe('length', () => {
  const refused = (text: string) => {
    try {
      return cleanText(text);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('is counted in grapheme clusters', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(refused(family.repeat(MOST_GRAPHEMES))).toBe(family.repeat(MOST_GRAPHEMES));
    expect(refused(family.repeat(MOST_GRAPHEMES + 1))).toBe('text_too_long');
    expect(refused('a'.repeat(MOST_GRAPHEMES))).toHaveLength(MOST_GRAPHEMES);
    expect(refused('a'.repeat(MOST_GRAPHEMES + 1))).toBe('text_too_long');
    expect(refused('é́'.repeat(MOST_GRAPHEMES))).not.toBe('text_too_long');
  });

  it('is not escaped by one endless cluster', () => {
    expect(refused('👨\u200d'.repeat(5_000))).toBe('text_too_long');
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \t\u3000\u2800'],
    ['hidden signs', '\u200b\u200d\u2060\ufeff\u3164'],
    ['marks', '\u0301\u0302'],
    ['selectors and tags', '\ufe0f\u{e0061}'],
  ])('of %s is refused', (_, text) => {
    expect(refused(text)).toBe('text_empty');
    expect(cleanReason(text)).toBeNull();
  });
});
