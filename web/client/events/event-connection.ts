import {
  EVENT_TYPES,
  parseServerEvent,
  type ServerEvent,
} from '../../../platform/protocol/events.ts';
import { retryDelayMs } from './retry-delay.ts';

/** The server beats every 15 s; after this silence the connection is taken for dead. */
const SILENCE_MS = 40_000;
/** After this silence a machine that wakes up takes it for dead: it may have slept for hours. */
const WAKE_SILENCE_MS = 18_000;

export interface EventConnection {
  /** Closes what is open and opens this address instead. */
  open(url: (lastEventId: string | null) => string, resume: boolean): void;
  /** The network is back or the machine woke up: retries now instead of waiting. */
  wake(): void;
  close(): void;
}

/** One EventSource that comes back by itself, for good, with backoff. */
export function createEventConnection(onEvent: (event: ServerEvent) => void): EventConnection {
  let source: EventSource | null = null;
  let address: ((lastEventId: string | null) => string) | null = null;
  let lastEventId: string | null = null;
  let attempt = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  /** Wall time, because timers and monotonic clocks stand still while a machine sleeps. */
  let heardAt = 0;

  const drop = () => {
    clearTimeout(retry);
    clearTimeout(silence);
    source?.close();
    source = null;
  };
  const reconnectLater = () => {
    drop();
    retry = setTimeout(connect, retryDelayMs(attempt));
    attempt += 1;
  };
  const heard = () => {
    heardAt = Date.now();
    clearTimeout(silence);
    silence = setTimeout(reconnectLater, SILENCE_MS);
  };
  const connect = () => {
    drop();
    if (address === null) return;
    const opened = new EventSource(address(lastEventId));
    source = opened;
    heard();
    opened.onopen = heard;
    opened.onerror = reconnectLater;
    for (const type of EVENT_TYPES) {
      opened.addEventListener(type, (message: MessageEvent<string>) => {
        heard();
        attempt = 0;
        if (message.lastEventId !== '') lastEventId = message.lastEventId;
        const event = parseServerEvent(type, message.data);
        if (event !== null) onEvent(event);
      });
    }
  };

  return {
    open(url, resume) {
      address = url;
      if (!resume) lastEventId = null;
      attempt = 0;
      connect();
    },
    wake() {
      const silentMs = Date.now() - heardAt;
      if (source?.readyState === EventSource.OPEN && silentMs < WAKE_SILENCE_MS) return;
      attempt = 0;
      connect();
    },
    close() {
      address = null;
      lastEventId = null;
      drop();
    },
  };
}
