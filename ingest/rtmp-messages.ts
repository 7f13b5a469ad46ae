import { type AmfValue, readAmf0 } from './amf0.ts';
import { MESSAGE } from './rtmp-limits.ts';
import { RtmpServer } from './rtmp-server.ts';

export interface RtmpCommand {
  name: AmfValue;
  transactionId: number;
  /** What stands behind the transaction id, the command object first. */
  values: AmfValue[];
  streamId: number;
}

/** Control, command and data messages of one connection, decoded. */
export abstract class RtmpMessages extends RtmpServer {
  protected abstract handleCommand(command: RtmpCommand): void;
  protected abstract handleData(values: AmfValue[]): void;

  protected override handleMessage(type: number, payload: Buffer, streamId: number): void {
    switch (type) {
      case MESSAGE.setChunkSize:
        this.receiveChunksOf(payload.length >= 4 ? payload.readUInt32BE(0) : 0);
        break;
      case MESSAGE.abort:
        if (payload.length >= 4) this.abort(payload.readUInt32BE(0));
        break;
      case MESSAGE.windowAcknowledgementSize:
        if (payload.length >= 4) this.ackSize = payload.readUInt32BE(0);
        break;
      case MESSAGE.commandAmf0:
        this.#command(payload, streamId);
        break;
      case MESSAGE.commandAmf3:
        this.#command(payload.subarray(1), streamId);
        break;
      case MESSAGE.dataAmf0:
        this.#data(payload);
        break;
      case MESSAGE.dataAmf3:
        this.#data(payload.subarray(1));
    }
  }

  #command(payload: Buffer, streamId: number): void {
    const [name, transaction, ...values] = readAmf0(payload);
    const transactionId = typeof transaction === 'number' ? transaction : 0;
    this.handleCommand({ name, transactionId, values, streamId });
  }

  /** Metadata only informs: a publisher is not lost for what cannot be read of it. */
  #data(payload: Buffer): void {
    let values: AmfValue[];
    try {
      values = readAmf0(payload);
    } catch {
      return;
    }
    this.handleData(values);
  }
}
