import type { ClientMessage } from '../../platform/protocol/chat/client-messages.ts';
import { readClientFrame } from './client-frames.ts';
import type { Connection, ConnectionHost } from './connection.ts';
import { framesRefused } from './socket-metrics.ts';

/** What one text frame of a client means here, done and answered. */
export async function hear(
  host: ConnectionHost,
  connection: Connection,
  text: string,
): Promise<void> {
  const frame = readClientFrame(text);
  if ('message' in frame) await hearMessage(host, connection, frame.message);
  else if (frame.fault === 'no_message') connection.close('badMessage');
  else connection.send(frame.refusal);
}

async function hearMessage(
  host: ConnectionHost,
  connection: Connection,
  message: ClientMessage,
): Promise<void> {
  if (message.type === 'hello') {
    if (connection.state !== 'new') {
      connection.close('badMessage');
      return;
    }
    connection.state = 'entering';
    await host.enter(connection, message);
    return;
  }
  if (connection.state !== 'open') connection.close('badMessage');
  else if (message.type === 'typing') host.hearTyping(connection);
  else {
    const answer = await host.grant(connection, message);
    if (answer !== null) connection.send(answer);
  }
}

/** Too many wait for the one before them. */
export function refuseBusy(connection: Connection, text: string): void {
  framesRefused.inc();
  const frame = readClientFrame(text);
  if (!('message' in frame)) {
    connection.close('badMessage');
    return;
  }
  const id = 'id' in frame.message ? frame.message.id : undefined;
  connection.send({
    type: 'refused',
    ...(id !== undefined && { id }),
    code: 'too_much_at_once',
    reason: 'What you sent before is still being worked on: send it again in a moment.',
    retryAfterMs: 2_000,
  });
}
