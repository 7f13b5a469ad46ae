/** What the chat needs of the page it is on, so that tests can stand in for it. */
export interface Surroundings {
  /** Wall ms: monotonic clocks stand still while a machine sleeps. */
  now(): number;
  random(): number;
  newId(): string;
  /** The returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Before the next frame is drawn, or where none is drawn within a second, after that. */
  nextFrame(callback: () => void): () => void;
  /** `network`: it changed or is back; `page`: it is looked at again. */
  onWake(wake: (what: 'network' | 'page') => void): () => void;
  openSocket(url: string): WebSocket;
  fetch: typeof fetch;
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
}

const LONGEST_FRAME_MS = 1_000;

export const browserSurroundings = (): Surroundings => ({
  now: () => Date.now(),
  random: () => Math.random(),
  newId,
  after,
  nextFrame,
  onWake,
  openSocket: (url) => new WebSocket(url),
  fetch: (...asked) => fetch(...asked),
  storage: tabStorage(),
});

/** Not `randomUUID`, which pages over plain HTTP do not have. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

/** Hidden pages draw no frames. */
function nextFrame(callback: () => void): () => void {
  const cancel = () => {
    cancelTimer();
    if (frame !== null) cancelAnimationFrame(frame);
  };
  const call = () => {
    cancel();
    callback();
  };
  const hasFrames = typeof requestAnimationFrame === 'function';
  const cancelTimer = after(hasFrames ? LONGEST_FRAME_MS : 16, call);
  const frame = hasFrames ? requestAnimationFrame(call) : null;
  return cancel;
}

function onWake(wake: (what: 'network' | 'page') => void): () => void {
  if (typeof document === 'undefined') return () => undefined;
  const leaving = new AbortController();
  const { signal } = leaving;
  addEventListener('online', () => wake('network'), { signal });
  addEventListener('pageshow', () => wake('page'), { signal });
  document.addEventListener('resume', () => wake('page'), { signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') wake('page');
    },
    { signal },
  );
  return () => leaving.abort();
}

function tabStorage(): Surroundings['storage'] {
  try {
    return sessionStorage;
  } catch {
    // Sandboxed frames and strict privacy settings have none.
    return null;
  }
}
