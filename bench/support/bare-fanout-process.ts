import { createServer, type Socket } from 'node:net';
import { frameJson } from '../../chat/sockets/frames.ts';
import { TEXT } from './chat-wire.ts';

/**
 * The floor under a chat: what a client of the load says is framed once and written to every
 * socket, by `net` alone. No accounts, rules, log or history; whole frames in one read only.
 */
const port = Number(process.argv[2]);
const ACCEPT =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const HEAD_END = '\r\n\r\n';
const WELCOME = frameJson({ type: 'welcome' });
const author = { id: 'abcdefghijklmnopqrstu', name: 'speaker_100', roles: ['member'], color: null };
const sockets = new Set<Socket>();
let offset = 0;

/** The payload lies there as it is: the load masks with zeros. */
function payloadsOf(bytes: Buffer): string[] {
  const payloads: string[] = [];
  for (let at = 0; at + 6 <= bytes.length; ) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const isShort = short < 126;
    const start = at + (isShort ? 6 : 8);
    const end = start + (isShort ? short : bytes.readUInt16BE(at + 2));
    if (((bytes[at] ?? 0) & 0x0f) === TEXT) payloads.push(bytes.toString('utf8', start, end));
    at = end;
  }
  return payloads;
}

function hear(socket: Socket, payload: string): void {
  const said: { type: string; id: string; text: string } = JSON.parse(payload);
  if (said.type === 'hello') {
    socket.write(WELCOME);
    return;
  }
  const { id, text } = said;
  const item = { offset: ++offset, id, at: Date.now(), author, text };
  const frame = frameJson({ type: 'messages', items: [item] });
  for (const one of sockets) one.write(frame);
}

const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  let isUpgraded = false;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => sockets.delete(socket));
  socket.on('data', (bytes) => {
    if (isUpgraded) {
      for (const payload of payloadsOf(bytes)) hear(socket, payload);
    } else if (bytes.includes(HEAD_END)) {
      isUpgraded = true;
      socket.write(ACCEPT);
    }
  });
});
server.listen({ port, host: '127.0.0.1', backlog: 4_096 });
