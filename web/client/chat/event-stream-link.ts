import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { ServerMessage } from '../../../platform/protocol/chat/server-messages.ts';
import { openFallbackLink } from './fallback-link.ts';
import type { HttpChat } from './http-chat.ts';
import { LinkFailure } from './http-failure.ts';
import { type Heard, type Link, type LinkOptions, WELCOME_WITHIN_MS } from './link.ts';

/** Not an EventSource: that sends no token, and its page cannot tell why it ended. */
export const openEventStreamLink = (options: LinkOptions): Link =>
  openFallbackLink(options, {
    transport: 'event-stream',
    listen: (http, hear) => listen(options, http, hear),
  });

async function listen(
  { surroundings, after }: LinkOptions,
  http: HttpChat,
  hear: (message: Heard) => void,
): Promise<never> {
  const { welcome, events } = await http.begin(after);
  let isProven = false;
  const parser = createParser({
    onEvent: ({ data }: EventSourceMessage) => {
      const message: ServerMessage = JSON.parse(data);
      if (message.type !== 'welcome') hear(message);
      else if (!message.resumed) throw new LinkFailure({ kind: 'unreachable' });
      else {
        isProven = true;
        for (const first of [welcome, ...events]) hear(first);
      }
    },
  });
  const patience = new Promise<never>((_resolve, reject) => {
    // Proxies that gather an answer before they pass it on never let an endless one through.
    surroundings.after(WELCOME_WITHIN_MS, () => {
      if (!isProven) reject(new LinkFailure({ kind: 'unfit' }));
    });
  });
  return Promise.race([patience, read(http, welcome, parser)]).catch((error: unknown) => {
    // A plain request has just been answered: it is not the server that is away.
    throw isProven || isTold(error) ? error : new LinkFailure({ kind: 'unfit' });
  });
}

async function read(
  http: HttpChat,
  position: { offset: number; epoch: string },
  parser: { feed(text: string): void },
): Promise<never> {
  const body = await http.stream(position);
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (done || value === undefined) throw new LinkFailure({ kind: 'unreachable' });
    parser.feed(decoder.decode(value, { stream: true }));
  }
}

const isTold = (error: unknown): boolean =>
  error instanceof LinkFailure && error.end.kind === 'told';
