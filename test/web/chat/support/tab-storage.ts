import type { Surroundings } from '../../../../web/client/chat/surroundings.ts';

/** What a tab keeps over a reload. */
export function tabStorage(): NonNullable<Surroundings['storage']> & { size: number } {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    get size() {
      return kept.size;
    },
  };
}
