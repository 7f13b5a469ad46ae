import { NAME_PATTERN } from '../../platform/protocol/reserved-names.ts';

const MOST_MENTIONS = 20;

/** Canonical names that the text calls with `@`, each once. */
export function mentionsIn(text: string): string[] {
  const names = new Set<string>();
  for (const [, name = ''] of text.matchAll(
    /(?<![\p{L}\p{N}_@])@([a-z0-9_]{3,25})(?![a-z0-9_])/giu,
  )) {
    const canonical = name.toLowerCase();
    if (NAME_PATTERN.test(canonical)) names.add(canonical);
    if (names.size === MOST_MENTIONS) break;
  }
  return [...names];
}
