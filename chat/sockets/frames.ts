/**
 * WebSocket frames as a server sends them (RFC 6455, section 5.2): unmasked, whole. Made once, and
 * the same bytes are written to every socket.
 */
const FIN = 0x80;
const TEXT = 0x1;
const PING_OPCODE = 0x9;
const PONG_OPCODE = 0xa;

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const headLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const framed = Buffer.allocUnsafe(headLength + length);
  framed[0] = FIN | opcode;
  if (headLength === 2) framed[1] = length;
  else if (headLength === 4) {
    framed[1] = 126;
    framed.writeUInt16BE(length, 2);
  } else {
    framed[1] = 127;
    framed.writeBigUInt64BE(BigInt(length), 2);
  }
  payload.copy(framed, headLength);
  return framed;
}

export const frameText = (text: string): Buffer => frame(TEXT, Buffer.from(text));
export const frameJson = (message: object): Buffer => frameText(JSON.stringify(message));
/** @param payload of the ping, at most 125 bytes */
export const framePong = (payload: Buffer): Buffer => frame(PONG_OPCODE, payload);

export const PING = frame(PING_OPCODE, Buffer.alloc(0));
export const BEAT = frameText('{"type":"beat"}');
export const PING_AND_BEAT = Buffer.concat([PING, BEAT]);
