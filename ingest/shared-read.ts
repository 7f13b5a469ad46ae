import { Socket } from 'node:net';

const BUFFER_BYTES = 64 * 1024;

/** Node's name for what `net.Socket` is built round; passing it on is how `child.send` hands sockets over. */
interface HandleHolder {
  _handle?: object | null;
}

/** Bytes are valid during the call only. */
type OnBytes = (bytes: Buffer) => void;

/** One for the whole thread: what is in it is used up before the next socket is read. */
const shared = Buffer.allocUnsafeSlow(BUFFER_BYTES);

/**
 * Reads a socket through one buffer that all share: a server's socket gets 64 KiB allocated for
 * every read, which with many encoders is most of what ingest costs. Returns the socket to use from
 * here on. Call it from the socket's `data` event, which leaves nothing unread in it.
 */
export function readShared(socket: Socket, onBytes: OnBytes): Socket {
  const holder = socket as HandleHolder;
  const handle = holder._handle;
  if (handle === undefined || handle === null) {
    socket.on('data', onBytes);
    return socket;
  }
  holder._handle = null;
  socket.removeAllListeners();
  socket.destroy();
  const callback = (count: number) => {
    onBytes(shared.subarray(0, count));
    return true;
  };
  const options = { handle, onread: { buffer: shared, callback } };
  const reading = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  reading.setNoDelay(true);
  return reading;
}
