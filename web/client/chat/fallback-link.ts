import type { ClientMessage } from '../../../platform/protocol/chat/client-messages.ts';
import { HttpChat } from './http-chat.ts';
import { LinkFailure } from './http-failure.ts';
import type { Heard, Link, LinkOptions } from './link.ts';

/** Who is here and what counts is not told over plain requests: it is looked up. */
const LOOK_EVERY_MS = 60_000;

/** What a fallback does with its line, beside what all of them do. */
export interface Fallback {
  transport: Link['transport'];
  /** Hears until it is over. It rejects with LinkFailure. */
  listen(http: HttpChat, hear: (message: Heard) => void): Promise<never>;
}

/** A line over plain requests: hears in its own way, and sends by POST. */
export function openFallbackLink(options: LinkOptions, fallback: Fallback): Link {
  const { surroundings, host } = options;
  const http = new HttpChat(options);
  let isOver = false;
  let cancelLook = () => {};

  const close = () => {
    isOver = true;
    cancelLook();
    http.close();
  };
  const fail = (error: unknown) => {
    if (isOver) return;
    close();
    // Anything else is an answer that is not as it should be.
    host.end(error instanceof LinkFailure ? error.end : { kind: 'unfit' });
  };
  const hear = (message: Heard) => {
    if (!isOver) host.hear(message);
  };
  const lookLater = () => {
    cancelLook = surroundings.after(LOOK_EVERY_MS, () => {
      http.opening().then(hear, fail);
      lookLater();
    });
  };
  const send = async (message: ClientMessage) => {
    const answer = await http.post(message);
    if (answer !== null) hear(answer);
  };

  lookLater();
  fallback.listen(http, hear).catch(fail);
  return {
    transport: fallback.transport,
    send(message) {
      if (!isOver && message.type !== 'typing') send(message).catch(fail);
    },
    close,
  };
}
