/** What a load has to know of a chat server's wire: how to come in, talk, and tell messages apart. */
export interface ChatWire {
  path: string;
  /** Sent once the socket is open. */
  greeting(token: string | null): string;
  /** Whether this text says that we are in. */
  isWelcome(text: string): boolean;
  send(id: string, text: string): string;
  /** What to answer to this text at once; null: nothing. */
  reply(text: string): string | null;
  /** A frame that carries messages begins so. */
  messagesStart: string;
}

export const WIRES = {
  footlight: {
    path: '/chat/live',
    greeting: (token) => JSON.stringify({ type: 'hello', ...(token !== null && { token }) }),
    isWelcome: (text) => text.startsWith('{"type":"welcome"'),
    send: (id, text) => JSON.stringify({ type: 'send', id, text }),
    reply: () => null,
    messagesStart: '{"type":"messages"',
  },
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    greeting: () => '40',
    isWelcome: (text) => text.startsWith('40'),
    send: (id, text) => `42${JSON.stringify(['send', { id, text }])}`,
    reply: (text) => (text === '2' ? '3' : null),
    messagesStart: '42["messages"',
  },
} satisfies Record<string, ChatWire>;

export type WireName = keyof typeof WIRES;

const FIN = 0x80;
const MASKED = 0x80;

/** A client's frame with a mask of zeros, which leaves the payload as it is. */
export function clientFrame(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const isShort = payload.length < 126;
  const head = Buffer.alloc(isShort ? 6 : 8);
  head[0] = FIN | opcode;
  head[1] = MASKED | (isShort ? payload.length : 126);
  if (!isShort) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;
