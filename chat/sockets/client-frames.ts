import { type ClientMessage, clientSchemas } from '../../platform/protocol/chat/client-messages.ts';
import type { ServerMessageOf } from '../../platform/protocol/chat/server-messages.ts';

export type ClientFrame =
  | { message: ClientMessage }
  /** No message of this protocol at all. */
  | { fault: 'no_message' }
  | { fault: 'refused'; refusal: ServerMessageOf<'refused'> };

/** Reads one text frame, or the body of a POST. */
export function readClientFrame(text: string): ClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'no_message' };
  }
  return readClientMessage(value);
}

export function readClientMessage(value: unknown): ClientFrame {
  if (typeof value !== 'object' || value === null || !('type' in value))
    return { fault: 'no_message' };
  const { type } = value;
  if (typeof type !== 'string') return { fault: 'no_message' };
  if (!isKnown(type))
    return refuse(value, 'message_unknown', 'This server knows no message of this type.');
  const parsed = clientSchemas[type].safeParse(value);
  if (parsed.success) return { message: parsed.data };
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  return refuse(value, 'message_invalid', explain(field));
}

const isKnown = (type: string): type is keyof typeof clientSchemas =>
  Object.hasOwn(clientSchemas, type);

const explain = (field: string): string =>
  field === 'text'
    ? 'The text is empty or too long: change it and send it again.'
    : `The field ${JSON.stringify(field)} is missing or not of the right kind: see the chat protocol.`;

function refuse(value: object, code: string, reason: string): ClientFrame {
  const id = 'id' in value && typeof value.id === 'string' ? value.id.slice(0, 64) : null;
  return {
    fault: 'refused',
    refusal: { type: 'refused', ...(id !== null && { id }), code, reason },
  };
}
