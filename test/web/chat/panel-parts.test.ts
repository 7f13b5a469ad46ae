import { describe, expect, it } from 'vitest';
import { NO_MODES } from '../../../platform/protocol/chat/modes.ts';
import { Reader } from '../../../web/client/chat/panel/announcer.tsx';
import { authorColor, contrast, readable } from '../../../web/client/chat/panel/author-color.ts';
import { commandTyped, completionAt } from '../../../web/client/chat/panel/completion.ts';
import { countNearLimit } from '../../../web/client/chat/panel/graphemes.ts';
import { partsOf } from '../../../web/client/chat/panel/message-parts.ts';
import { countdown, duration, modeSentences } from '../../../web/client/chat/panel/words.ts';
import { line, message } from '../support/chat-scenes.ts';

const emote = {
  name: 'clap',
  url: '/emote/clap.svg',
  animated: false,
  source: 'footlight' as const,
};
const emotes = new Map([['clap', emote]]);
const kinds = (text: string) => partsOf(text, emotes).map(({ kind, text: part }) => [kind, part]);

describe('a text, cut into parts', () => {
  it('links what is a web address and nothing else', () => {
    expect(kinds('see https://example.org/a, or example.com')).toEqual([
      ['text', 'see '],
      ['link', 'https://example.org/a'],
      ['text', ', or '],
      ['link', 'example.com'],
    ]);
    for (const text of ['javascript:alert(1)', 'data:text/html,x', 'mailto:a@b.co', '//x.com']) {
      expect(kinds(text)).toEqual([['text', text]]);
    }
  });

  it('shows the emotes that there are, and calls people', () => {
    expect(kinds('hi @Ada_1 :clap: :nope: a@b')).toEqual([
      ['text', 'hi '],
      ['mention', '@Ada_1'],
      ['text', ' '],
      ['emote', ':clap:'],
      ['text', ' :nope: a@b'],
    ]);
  });
});

describe('completion', () => {
  const known = { roles: ['member' as const], emotes, names: ['night_owl', 'ada', 'moth'] };
  const inserts = (text: string, roles: typeof known.roles | ['moderator'] = known.roles) =>
    completionAt(text, text.length, { ...known, roles })?.choices.map(({ insert }) => insert);

  it('offers people after @ in the order given, those that begin so first', () => {
    expect(inserts('hey @')).toEqual(['@night_owl ', '@ada ', '@moth ']);
    expect(inserts('hey @o')).toEqual(['@night_owl ', '@moth ']);
    expect(inserts('mail a@')).toBeUndefined();
  });

  it('offers emotes after a colon and a letter', () => {
    expect(inserts('nice :c')).toEqual([':clap: ']);
    expect(inserts('at 12:c')).toBeUndefined();
    expect(inserts('so:')).toBeUndefined();
  });

  it('offers only commands that one may use, and a name where one is wanted', () => {
    expect(inserts('/ba')).toBeUndefined();
    expect(inserts('/ba', ['moderator'])).toEqual(['/ban ']);
    expect(inserts('/ban ni', ['moderator'])).toEqual(['night_owl ']);
    expect(inserts('/ban @ni', ['moderator'])).toEqual(['night_owl ']);
    expect(commandTyped('/slow 3', ['moderator'])?.usage).toBe('[SECONDS|off]');
  });

  it('replaces what was typed, the sign with it', () => {
    const completion = completionAt('hey @ni there', 7, known);
    expect([completion?.from, completion?.to]).toEqual([4, 7]);
    const command = completionAt('/ban @ni', 8, { ...known, roles: ['moderator'] });
    expect([command?.from, command?.to]).toEqual([5, 8]);
  });
});

describe("an author's colour", () => {
  it('has contrast on the lightest surface, whatever was chosen', () => {
    for (const color of ['#000000', '#0000ff', '#7a1f9e', '#ff0000', '#2a2420', '#ffffff']) {
      expect(contrast(readable(color), '#2a2420')).toBeGreaterThanOrEqual(4.5);
    }
    for (let n = 0; n < 40; n += 1) {
      expect(contrast(authorColor({ id: `user-${n}` }), '#2a2420')).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('stays what was chosen where that can be read', () => {
    expect(readable('#ffb35c')).toBe('#ffb35c');
    expect(readable('red;background:url(x)')).toMatch(/^#[0-9a-f]{6}$/);
  });
});

describe('what is read aloud', () => {
  const said = (offset: number) => line(message(offset, ['ada', `number ${offset}`]));

  it('is each line while there are few, and none of the history', () => {
    const reader = new Reader([]);
    reader.hear([said(1), said(2)]);
    expect(reader.read(0)).toBeNull();
    reader.hear([said(1), said(2), said(3)]);
    expect(reader.read(1_000)).toBe('ada: number 3');
    expect(reader.read(2_000)).toBeNull();
  });

  it('is a number now and then in a flood', () => {
    const reader = new Reader([said(0)]);
    const flood = Array.from({ length: 50 }, (_, n) => said(n));
    reader.hear(flood);
    expect(reader.read(1_000)).toBe('49 new messages');
    reader.hear([...flood, said(60), said(61)]);
    expect(reader.read(2_000)).toBeNull();
    expect(reader.read(20_000)).toBe('ada: number 60. ada: number 61');
  });
});

describe('words', () => {
  it('count letters as people do, near the limit only', () => {
    expect(countNearLimit('short')).toBeNull();
    expect(countNearLimit('👩‍👩‍👧'.repeat(100))).toBeNull();
    expect(countNearLimit('e\u0301'.repeat(450))).toBe(450);
  });

  it('say lengths and modes', () => {
    expect([duration(1), duration(90), duration(600), duration(604_800)]).toEqual([
      ...['1 second', '90 seconds', '10 minutes', '1 week'],
    ]);
    expect([countdown(6_001), countdown(760_000), countdown(10_800_000)]).toEqual([
      ...['0:07', '12:40', '3:00:00'],
    ]);
    expect(modeSentences(NO_MODES)).toEqual([]);
    expect(modeSentences({ ...NO_MODES, followersOnly: 0 })).toEqual(['Followers only']);
  });
});
