import type { ClientMessage } from '../../../platform/protocol/chat/client-messages.ts';
import type { ServerMessage } from '../../../platform/protocol/chat/server-messages.ts';
import { type Link, type LinkEnd, type LinkOptions, WELCOME_WITHIN_MS } from './link.ts';

const APPLICATION_CODES = 4_000;

export function openWebSocketLink(options: LinkOptions): Link {
  const { surroundings, origin, channel, host } = options;
  const url = `${origin.replace(/^http/, 'ws')}/chat/${encodeURIComponent(channel)}`;
  const socket = surroundings.openSocket(url);
  let isOver = false;
  /** The server's last sentence that was about nothing in particular: why it closes. */
  let lastReason: string | null = null;

  const leave = () => {
    isOver = true;
    cancelPatience();
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  };
  const end = (how: LinkEnd) => {
    if (isOver) return;
    leave();
    host.end(how);
  };
  const send = (message: ClientMessage) => socket.send(JSON.stringify(message));
  const cancelPatience = surroundings.after(WELCOME_WITHIN_MS, () => end({ kind: 'unfit' }));

  socket.onopen = () => {
    const { token, after } = options;
    send({ type: 'hello', ...(token !== null && { token }), ...(after !== null && { after }) });
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = parseFrame(data);
    if (message === null) {
      end({ kind: 'unfit' });
      return;
    }
    if (message.type === 'welcome') cancelPatience();
    if (message.type === 'refused' && message.id === undefined) lastReason = message.reason;
    host.hear(message);
  };
  socket.onclose = ({ code, reason }) => {
    const isTold = code >= APPLICATION_CODES;
    end(isTold ? { kind: 'told', code, reason: lastReason ?? reason } : { kind: 'unreachable' });
  };
  socket.onerror = () => undefined;

  return {
    transport: 'websocket',
    send(message) {
      if (!isOver && socket.readyState === socket.OPEN) send(message);
    },
    close: leave,
  };
}

/** Null: not of this protocol, as from a captive portal. Frames are ours: not checked any further. */
function parseFrame(data: unknown): ServerMessage | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    const isFrame = typeof frame === 'object' && frame !== null && 'type' in frame;
    return isFrame ? (frame as ServerMessage) : null;
  } catch {
    return null;
  }
}
