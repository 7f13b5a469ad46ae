/** What is used of node-media-server 4.4.3, which has no types of its own. */
declare module 'node-media-server/src/protocol/rtmp.js' {
  interface ChunkStream {
    header: {
      fmt: number;
      cid: number;
      timestamp: number;
      /** Of the message's payload, bytes. */
      length: number;
      type: number;
      stream_id: number;
    };
    /** Milliseconds, 32 bits; grows past them when the encoder sends deltas. */
    clock: number;
    payload: Buffer;
    capacity: number;
    /** Received of the message so far. */
    bytes: number;
    /** Ours: the payload with room for an FLV tag round it. */
    tag?: Buffer | undefined;
  }

  class Rtmp {
    handshakeState: number;
    parserPacket: ChunkStream;
    inPackets: Map<number, ChunkStream>;
    inChunkSize: number;
    outChunkSize: number;
    ackSize: number | undefined;
    onOutputCallback: (bytes: Buffer) => void;
    parserData(bytes: Buffer): string | null;
    packetParse(): void;
    packetAlloc(): void;
    packetHandler(): void;
    chunkMessageHeaderRead(): number;
    onConnect(message: {
      transId: number;
      cmdObj: { tcUrl: string; app: string; objectEncoding: number };
    }): void;
    respondCreateStream(transactionId: number): void;
    setChunkSize(bytes: number): void;
    sendACK(bytes: number): void;
    sendStatusMessage(stream: number, level: string, code: string, description: string): void;
    sendInvokeMessage(
      stream: number,
      message: { cmd: string; transId: number; cmdObj: null; info: object },
    ): void;
  }

  export = Rtmp;
}
