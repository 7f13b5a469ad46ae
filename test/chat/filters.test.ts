import { describe, expect, it } from 'vitest';
import { fold, heldBy, NO_FILTERS, readTerm, STRICT_FILTERS } from '../../chat/rules/filters.ts';

const ruleFor = (
  text: string,
  channel: { filters?: Partial<typeof NO_FILTERS>; terms?: string[] },
  author: { mayLink?: boolean; lastText?: string } = {},
) =>
  heldBy(
    text,
    { filters: { ...NO_FILTERS, ...channel.filters }, terms: channel.terms ?? [] },
    { mayLink: author.mayLink ?? false, lastText: author.lastText ?? null },
  )?.rule ?? null;

describe('blocked terms', () => {
  it.each([
    ['badword', 'you badword you'],
    ['badword', 'BadWord'],
    ['badword', 'badword!!'],
    ['badword', '(badword), really'],
    ['badword', '@badword'],
    ['badword', 'b4dw0rd'],
    ['badword', 'bádwórd'],
    ['badword', 'ｂａｄｗｏｒｄ'],
    ['badword', '𝐛𝐚𝐝𝐰𝐨𝐫𝐝'],
    ['badword', 'bаdwоrd'],
    ['b4dw0rd', 'badword'],
    ['ass', 'a$$!'],
    ['bitch', 'b!tch'],
    ['badword*', 'badwords'],
    ['*word', 'swearword'],
    ['foo bar', 'a foo bar'],
    ['💩', 'x💩y'],
    ['坏话', '这是坏话吗'],
    ['a.b', 'say a.b now'],
  ])('%s holds %s', (term, text) => {
    expect(ruleFor(text, { terms: [term] })).toBe('term');
  });

  it.each([
    ['ass', 'a class of its own'],
    ['badword', 'badwords'],
    ['a.b', 'acb'],
    ['का', 'की'],
    ['(', 'plain'],
  ])('%s lets %s pass', (term, text) => {
    expect(ruleFor(text, { terms: [term] })).toBeNull();
  });

  it('are kept folded to one form, and none that would hold everything', () => {
    expect(readTerm('  Foo   Bar ')).toBe('foo bar');
    expect(['', ' ', '*', '**', 'a', '\u0301', 'x'.repeat(101)].map(readTerm)).toEqual(
      Array.from({ length: 7 }, () => null),
    );
    expect(readTerm('💩')).toBe('💩');
  });
});

describe('links', () => {
  it.each([
    'see https://example.org/a?b=c',
    'example.com',
    'www.example.com.',
    'mail me@example.com',
    'http://127.0.0.1:8080',
    '//example.com/x',
    'bit.ly/x',
    'win at evil.xyz',
    'ｅｖｉｌ．ｃｏｍ',
    'evil。com',
  ])('holds %s', (text) => {
    expect(ruleFor(text, { filters: { links: 'vips' } })).toBe('links');
    expect(ruleFor(text, { filters: { links: 'vips' } }, { mayLink: true })).toBeNull();
  });
  it.each(['well... no', 'v1.2.3', 'what?no', 'a:b'])('lets %s pass', (text) => {
    expect(ruleFor(text, { filters: { links: 'vips' } })).toBeNull();
  });
});

describe('capitals', () => {
  it.each([
    ['WHAT A GREAT GAME THIS IS', 'caps'],
    ['ПРИВЕТ ВСЕМ ТУТ СЕЙЧАС', 'caps'],
    ['GG WP', null],
    ['What a Great Game This Is', null],
    ['你好你好你好你好你好你好你好', null],
  ])('%s: %s', (text, rule) => {
    expect(ruleFor(text, { filters: { caps: true } })).toBe(rule);
    expect(ruleFor(text, {})).toBeNull();
  });
});

describe('repetition', () => {
  const filters = { repetition: true };
  it.each([
    ['nooooooooooooo', 'repetition'],
    ['spam spam spam spam spam', 'repetition'],
    ['😂😂😂😂😂😂😂😂😂😂', 'repetition'],
    ['1000000000000', null],
    ['no no no', null],
  ])('%s: %s', (text, rule) => {
    expect(ruleFor(text, { filters })).toBe(rule);
  });
  it('holds what the person said last, however it is written', () => {
    expect(ruleFor('Buy NOW', { filters }, { lastText: 'buy n0w' })).toBe('repetition');
    expect(ruleFor('Buy NOW', { filters }, { lastText: 'sell now' })).toBeNull();
  });
});

it('names no rule for an ordinary text, also when everything is strict', () => {
  expect(ruleFor('hello everybody', { filters: STRICT_FILTERS, terms: ['badword'] })).toBeNull();
});

it('is quick with the longest texts that get here', () => {
  const began = performance.now();
  for (const sign of ['a', '!', '@', '.', 'a ', ' \u0301', 'http://', ':a', 'ن\u200c']) {
    const text = sign.repeat(500);
    fold(text);
    ruleFor(text, { filters: STRICT_FILTERS, terms: ['*a', 'b*', '*c*', 'foo bar'] });
  }
  expect(performance.now() - began).toBeLessThan(2_000);
});
