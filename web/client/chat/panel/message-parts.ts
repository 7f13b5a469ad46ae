import { LinkifyIt } from 'linkify-it';
import type { Emote } from './emotes.ts';

/** A message's text, cut into what is drawn differently. Nothing in it is ever markup. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'mention'; text: string; name: string }
  | { kind: 'emote'; text: string; emote: Emote };

const linkify = new LinkifyIt().set({ fuzzyLink: true, fuzzyEmail: false });

/** Most messages have no link, and looking for one is slow. */
const mayLink = (text: string) => text.includes('.') || text.includes('://');

/** `:name:` or `@name`, neither inside a word. */
const MARKS = /:([a-z0-9_+-]{1,32}):|(?<![\p{L}\p{N}_@])@([a-z0-9_]{3,25})(?![a-z0-9_])/giu;

export function partsOf(text: string, emotes: ReadonlyMap<string, Emote>): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const link of mayLink(text) ? (linkify.match(text) ?? []) : []) {
    if (!/^https?:\/\//i.test(link.url)) continue;
    marksIn(text.slice(from, link.index), emotes, parts);
    parts.push({ kind: 'link', text: link.raw, url: link.url });
    from = link.lastIndex;
  }
  marksIn(text.slice(from), emotes, parts);
  return parts;
}

function marksIn(text: string, emotes: ReadonlyMap<string, Emote>, parts: Part[]): void {
  let from = 0;
  for (const match of text.matchAll(MARKS)) {
    const [whole, emoteName, name] = match;
    const emote = emoteName === undefined ? undefined : emotes.get(emoteName);
    if (emote === undefined && name === undefined) continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    if (emote !== undefined) parts.push({ kind: 'emote', text: whole, emote });
    else if (name !== undefined)
      parts.push({ kind: 'mention', text: whole, name: name.toLowerCase() });
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
}

/** Only emotes, and few of them: they are shown larger. */
export const isEmotesOnly = (parts: readonly Part[]): boolean =>
  parts.length <= 11 &&
  parts.some(({ kind }) => kind === 'emote') &&
  parts.every((part) => part.kind === 'emote' || (part.kind === 'text' && part.text.trim() === ''));
