import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useRef,
  useState,
} from 'react';

const ROW = '[data-key]';
const ACTIONS = '.chat-actions';

const rowOf = (target: EventTarget): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>(ROW) : null;
const inActions = (target: EventTarget): boolean =>
  target instanceof Element && target.closest(ACTIONS) !== null;
const keyOf = (row: HTMLElement | null): string | null => row?.dataset['key'] ?? null;

interface ActiveRow {
  key: string | null;
  handlers: {
    onPointerOver(event: PointerEvent): void;
    onPointerLeave(event: PointerEvent): void;
    onClick(event: MouseEvent): void;
    onFocus(event: FocusEvent): void;
    onBlur(event: FocusEvent): void;
    onKeyDown(event: KeyboardEvent): void;
  };
}

/**
 * The row whose actions are there: under the pointer, tapped, or where the keyboard is. While
 * somebody is at its buttons or goes through rows by keys, the log is held.
 */
export function useActiveRow(options: {
  list: RefObject<HTMLOListElement | null>;
  hold(on: boolean): void;
  /** Escape: back to the box. */
  onLeave(): void;
}): ActiveRow {
  const { list, hold, onLeave } = options;
  const [key, setKey] = useState<string | null>(null);
  const focused = useRef(false);
  const held = useRef(false);
  const holdTo = (on: boolean) => {
    if (held.current === on) return;
    held.current = on;
    hold(on);
  };
  const onPointerOver = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse' || focused.current) return;
    setKey(keyOf(rowOf(event.target)));
    holdTo(inActions(event.target));
  };
  const onPointerLeave = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse' || focused.current) return;
    setKey(null);
    holdTo(false);
  };
  const onClick = (event: MouseEvent) => {
    const button = event.target instanceof Element && event.target.closest('button, a') !== null;
    const tapped = (event.nativeEvent as globalThis.PointerEvent).pointerType !== 'mouse';
    if (button || !tapped || focused.current) return;
    const row = keyOf(rowOf(event.target));
    setKey(row === key ? null : row);
  };
  const onFocus = (event: FocusEvent) => {
    const row = rowOf(event.target);
    if (row === null || !event.target.matches(':focus-visible')) return;
    focused.current = true;
    setKey(keyOf(row));
    holdTo(true);
  };
  const onBlur = (event: FocusEvent) => {
    if (rowOf(event.relatedTarget ?? document.body) !== null || !focused.current) return;
    focused.current = false;
    setKey(null);
    holdTo(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = nextFocus(event, list.current);
    if (to === undefined) return;
    event.preventDefault();
    if (to === null) onLeave();
    else to.focus();
  };
  return {
    key,
    handlers: { onPointerOver, onPointerLeave, onClick, onFocus, onBlur, onKeyDown },
  };
}

/** Where a key leads: an element, null (out of the log), undefined (not ours). */
function nextFocus(event: KeyboardEvent, list: HTMLElement | null): HTMLElement | null | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const row = rowOf(event.target);
  const within = row !== null && row !== event.target;
  switch (event.key) {
    case 'Escape':
      return within ? row : null;
    case 'Enter':
    case ' ':
      return within
        ? undefined
        : (row?.querySelector<HTMLElement>('.chat-actions button') ?? undefined);
    case 'ArrowLeft':
    case 'ArrowRight':
      return within ? besides(event) : undefined;
    case 'ArrowUp':
      return beside(row, list, 'previousElementSibling') ?? row ?? undefined;
    case 'ArrowDown':
      return beside(row, list, 'nextElementSibling') ?? null;
    default:
      return undefined;
  }
}

function besides(event: KeyboardEvent): HTMLElement | undefined {
  const toolbar = (event.target as Element).closest(ACTIONS);
  const buttons = [...(toolbar?.querySelectorAll<HTMLElement>(':scope > button') ?? [])];
  const at = buttons.indexOf(event.target as HTMLElement);
  return buttons.at((at + (event.key === 'ArrowRight' ? 1 : -1)) % buttons.length);
}

function beside(
  row: HTMLElement | null,
  list: HTMLElement | null,
  way: 'previousElementSibling' | 'nextElementSibling',
): HTMLElement | null {
  if (row === null) return way === 'previousElementSibling' ? lastOf(list) : null;
  return row[way] as HTMLElement | null;
}

const lastOf = (list: HTMLElement | null) => list?.lastElementChild as HTMLElement | null;
