import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { ChatClient, Line } from '../chat-client.ts';

const ROWS_FOLLOWING = 150;
const ROWS_READING = 300;
const ROWS_A_STEP = 60;
const NEAR_PX = 240;
const AT_END_PX = 24;

/** Reading: the window stands still, from a line that was the first one drawn. */
interface Reading {
  firstKey: string;
  /** The newest line when reading began. */
  seenKey: string;
  /** Paused by the panel itself while somebody is about to act, and let go by itself. */
  held: boolean;
}

export interface LogWindow {
  scroller: RefObject<HTMLDivElement | null>;
  list: RefObject<HTMLOListElement | null>;
  shown: readonly Line[];
  /** Lines that came since reading began; null: there is nothing to go back to. */
  unseen: number | null;
  onScroll(): void;
  toEnd(): void;
  hold(on: boolean): void;
}

/** Which lines are drawn, and where the log stands: at its end, or where somebody reads. */
export function useLogWindow(
  client: ChatClient,
  lines: readonly Line[],
  hasOlder: boolean,
): LogWindow {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const lastTop = useRef(0);
  const asking = useRef(false);
  const [reading, setReading] = useState<Reading | null>(null);
  const start = reading === null ? lines.length - ROWS_FOLLOWING : indexOf(lines, reading.firstKey);
  const from = Math.max(0, start);
  const size = reading === null ? ROWS_FOLLOWING : ROWS_READING;
  const shown = lines.slice(from, from + size);
  useStandingStill({ scroller, list, reading });

  const begin = useCallback(
    (held: boolean) => {
      const [first] = shown;
      const last = lines.at(-1);
      if (first === undefined || last === undefined) return;
      setReading((was) => was ?? { firstKey: first.key, seenKey: last.key, held });
      client.setFollowing(false);
    },
    [client, lines, shown],
  );
  const toEnd = useCallback(() => {
    setReading(null);
    client.setFollowing(true);
  }, [client]);

  const moveTo = (index: number) => {
    const first = lines[Math.max(0, index)];
    if (first !== undefined) setReading((was) => was && { ...was, firstKey: first.key });
  };
  const up = async () => {
    if (from > 0) return moveTo(from - ROWS_A_STEP);
    if (!hasOlder || asking.current) return;
    asking.current = true;
    await client.loadOlder().catch(() => {});
    asking.current = false;
    const older = client.get().lines;
    const index = older.findIndex(({ key }) => key === reading?.firstKey);
    const first = older[Math.max(0, index - ROWS_A_STEP)];
    if (index > 0 && first !== undefined)
      setReading((was) => was && { ...was, firstKey: first.key });
  };
  const onScroll = () => {
    const box = scroller.current;
    if (box === null) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    const wentUp = box.scrollTop < lastTop.current - 1;
    lastTop.current = box.scrollTop;
    const whole = from + shown.length >= lines.length;
    if (reading === null) {
      if (wentUp && below > AT_END_PX) begin(false);
      return;
    }
    if (below <= AT_END_PX && whole && !reading.held && !wentUp) return toEnd();
    if (wentUp && reading.held) setReading({ ...reading, held: false });
    if (box.scrollTop < NEAR_PX) void up();
    else if (below < NEAR_PX && !whole) moveTo(from + ROWS_A_STEP);
  };
  const hold = (on: boolean) => {
    if (on) begin(true);
    else if (reading?.held === true) toEnd();
  };
  const came = reading === null ? 0 : lines.length - 1 - indexOf(lines, reading.seenKey);
  const unseen = reading === null || (reading.held && came === 0) ? null : came;
  return { scroller, list, shown, unseen, onScroll, toEnd, hold };
}

/** Of a line that the client has let go: the first one. */
const indexOf = (lines: readonly Line[], key: string) =>
  Math.max(
    0,
    lines.findIndex((line) => line.key === key),
  );

/** After each drawing the end stays in sight, or the line that is read stays where it was. */
function useStandingStill(options: {
  scroller: RefObject<HTMLDivElement | null>;
  list: RefObject<HTMLOListElement | null>;
  reading: Reading | null;
}): void {
  const { scroller, list, reading } = options;
  const mark = useRef<{ row: HTMLElement; top: number } | null>(null);
  const following = reading === null;

  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    if (following) {
      mark.current = null;
      box.scrollTop = box.scrollHeight;
      return;
    }
    const { current } = mark;
    if (current?.row.isConnected) {
      const moved = current.row.offsetTop - current.top;
      if (moved !== 0) box.scrollTop += moved;
    }
    mark.current = rowInSight(list.current, box.scrollTop);
  });

  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null || list.current === null) return;
    const sized = new ResizeObserver(() => {
      if (following) box.scrollTop = box.scrollHeight;
    });
    sized.observe(box);
    sized.observe(list.current);
    const marked = () => {
      if (!following) mark.current = rowInSight(list.current, box.scrollTop);
    };
    box.addEventListener('scroll', marked, { passive: true });
    return () => {
      sized.disconnect();
      box.removeEventListener('scroll', marked);
    };
  }, [scroller, list, following]);
}

function rowInSight(
  list: HTMLElement | null,
  top: number,
): { row: HTMLElement; top: number } | null {
  const rows = list?.children ?? [];
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle] as HTMLElement;
    if (row.offsetTop + row.offsetHeight > top) high = middle;
    else low = middle + 1;
  }
  const row = rows[low] as HTMLElement | undefined;
  return row === undefined ? null : { row, top: row.offsetTop };
}
