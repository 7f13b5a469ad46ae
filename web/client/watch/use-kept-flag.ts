import { useCallback, useState } from 'react';

/** A choice that this browser keeps, where it lets pages keep anything. */
export function useKeptFlag(name: string, first: boolean): [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => read(name) ?? first);
  const keep = useCallback(
    (next: boolean) => {
      setValue(next);
      try {
        window.localStorage.setItem(name, String(next));
      } catch {
        // Storage is full or forbidden: the choice holds until the page is left.
      }
    },
    [name],
  );
  return [value, keep];
}

function read(name: string): boolean | null {
  try {
    const kept = window.localStorage.getItem(name);
    return kept === null ? null : kept === 'true';
  } catch {
    return null;
  }
}
