import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

/** The peer: one room, every message to everybody in it, over Redis as with several nodes. */
const [port = '', redisUrl = ''] = process.argv.slice(2);
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  // As ours.
  pingInterval: 5_000,
  pingTimeout: 15_000,
});
const publisher = new Redis(redisUrl);
io.adapter(createAdapter(publisher, publisher.duplicate()));
let offset = 0;
io.on('connection', (socket) => {
  socket.join('live');
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
