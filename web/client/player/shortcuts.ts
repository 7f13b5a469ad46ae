import { useEffect, useRef } from 'react';

export type ShortcutAction =
  | 'toggle-play'
  | 'toggle-mute'
  | 'fullscreen'
  | 'theatre'
  | 'volume-up'
  | 'volume-down'
  | 'back-5'
  | 'forward-5'
  | 'back-10'
  | 'forward-10'
  | 'captions'
  | 'help';

const KEYS: Record<string, ShortcutAction> = {
  ' ': 'toggle-play',
  k: 'toggle-play',
  m: 'toggle-mute',
  f: 'fullscreen',
  t: 'theatre',
  arrowup: 'volume-up',
  arrowdown: 'volume-down',
  arrowleft: 'back-5',
  arrowright: 'forward-5',
  j: 'back-10',
  l: 'forward-10',
  c: 'captions',
  '?': 'help',
};

export const THEATRE = 'Theatre';

export const SHORTCUT_HELP: [keys: string[], does: string][] = [
  [['Space', 'K'], 'Play or pause'],
  [['M'], 'Mute or unmute'],
  [['↑', '↓'], 'Volume up or down'],
  [['←', '→'], 'Back or forward 5 seconds'],
  [['J', 'L'], 'Back or forward 10 seconds'],
  [['T'], THEATRE],
  [['F'], 'Full screen'],
  [['C'], 'Captions, when the stream has them'],
  [['?'], 'These shortcuts'],
];

const TYPING = 'input, textarea, select, [contenteditable=""], [contenteditable="true"]';
/** Where the keys of the second list already mean something to the element itself. */
const OPERABLE = 'a, button, summary, [role="slider"], [role^="menu"], [role="button"]';
const ELEMENTS_OWN_KEYS = new Set([' ', 'arrowup', 'arrowdown', 'arrowleft', 'arrowright']);

/** The wish behind a key press; null when the press belongs to somebody else. */
export function shortcutOf(event: KeyboardEvent): ShortcutAction | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null;
  const key = event.key.toLowerCase();
  const action = KEYS[key] ?? null;
  if (action === null) return null;
  const path = event.composedPath().filter((target) => target instanceof Element);
  if (path.some((element) => element.matches(TYPING) && !isRange(element))) return null;
  if (document.querySelector('dialog[open]') !== null) return null;
  const operable = path.some((element) => element.matches(OPERABLE) || isRange(element));
  return operable && ELEMENTS_OWN_KEYS.has(key) ? null : action;
}

const isRange = (element: Element) =>
  element instanceof HTMLInputElement && element.type === 'range';

/** Listens on the whole page while mounted; holding a key down repeats volume and seeking only. */
export function useShortcuts(act: (action: ShortcutAction) => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = shortcutOf(event);
      if (action === null) return;
      event.preventDefault();
      const repeats = /^(volume|back|forward)-/.test(action);
      if (!event.repeat || repeats) latest.current(action);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
