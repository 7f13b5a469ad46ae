import { createServer } from 'node:http';
import { Server } from 'socket.io';

/** The peer: one room with connection state recovery, which its Redis adapter does not have. */
const [port = ''] = process.argv.slice(2);
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true },
  // As ours.
  pingInterval: 5_000,
  pingTimeout: 15_000,
});
let offset = 0;
io.on('connection', (socket) => {
  if (!socket.recovered) socket.join('live');
  socket.on('send', (said: { id: string; text: string }) => {
    offset++;
    const author = { id: socket.id, name: 'somebody', roles: ['member'] };
    io.to('live').emit('messages', {
      offset,
      id: said.id,
      at: Date.now(),
      author,
      text: said.text,
    });
  });
});
http.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
