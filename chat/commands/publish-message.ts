import type { Channel } from '../../platform/channels.ts';
import type { Author } from '../../platform/protocol/chat/roles.ts';
import type { ChatMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { Published } from '../log/broker.ts';
import type { House } from '../rules/house.ts';
import { mentionsIn } from '../rules/mentions.ts';

export interface MessageDraft {
  author: Author;
  clientId: string | null;
  /** Clean (message-text.ts). */
  text: string;
  /** Id of the message answered. */
  replyTo: string | null;
  kind: ChatMessage['kind'];
}

/** Puts a message into the channel's log; nothing is asked any more. */
export async function publishMessage(
  house: House,
  channel: Channel,
  draft: MessageDraft,
): Promise<Published> {
  const { author, clientId, text, kind } = draft;
  const id = house.newId();
  const at = house.clock.now();
  const replyTo = draft.replyTo === null ? null : await quoted(house, channel, draft.replyTo);
  const mentions = mentionsIn(text);
  const message: Omit<ChatMessage, 'offset'> = {
    id,
    at,
    author,
    text,
    ...(replyTo !== null && { replyTo }),
    ...(kind !== undefined && { kind }),
    ...(mentions.length > 0 && { mentions }),
  };
  return house.broker.publish(channel.name, {
    kind: 'message',
    id,
    author: author.id,
    clientId,
    at,
    body: JSON.stringify(message),
  });
}

const QUOTED_LETTERS = 120;

async function quoted(
  house: House,
  channel: Channel,
  id: string,
): Promise<ChatMessage['replyTo'] | null> {
  const message = await house.messages.byId(channel.name, id);
  if (message === null || message.deleted) return null;
  const text = [...message.text].slice(0, QUOTED_LETTERS).join('');
  return { id: message.id, name: message.author.name, text };
}
