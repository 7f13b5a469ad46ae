import { clientSchemas } from '../../platform/protocol/chat/client-messages.ts';
import { messagesAnswerSchema } from '../../platform/protocol/chat/messages-answer.ts';
import { serverSchemas } from '../../platform/protocol/chat/server-messages.ts';

/** Described here, beside the rest of the API; answered by the chat service. */
export const chatSchemas = {
  ChatMessages: messagesAnswerSchema,
  ChatSend: clientSchemas.send,
  ChatAck: serverSchemas.ack,
  ChatHeld: serverSchemas.held,
  ChatRefused: serverSchemas.refused,
};

const content = (name: keyof typeof chatSchemas) => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
});
const json = (name: keyof typeof chatSchemas, description: string) => ({
  description,
  content: content(name),
});
const query = (name: string, description: string, schema: object) => ({
  name,
  in: 'query',
  description,
  schema,
});
const OFFSET = { type: 'integer', minimum: 0 };

export function chatPaths(options: {
  channelParameter: object;
  noChannel: object;
  error: object;
  withIdentity: object[];
}) {
  const { channelParameter, noChannel, error, withIdentity } = options;
  const messages = json('ChatMessages', 'What was said; as events when that is what is accepted');
  return {
    '/api/v1/channels/{channel}/messages': {
      parameters: [channelParameter],
      get: {
        summary: 'Chat for those who cannot open a WebSocket',
        parameters: [
          query('after', 'Only what came after this offset', OFFSET),
          query('epoch', 'Of the offset; the newest one without it', { type: 'string' }),
          query('before', 'A page of what was said before this offset', OFFSET),
          query('wait', 'Seconds to wait for something new', {
            type: 'number',
            minimum: 0,
            maximum: 25,
          }),
        ],
        responses: {
          200: { ...messages, content: { ...messages.content, 'text/event-stream': {} } },
          400: error,
          404: noChannel,
          429: error,
        },
      },
      post: {
        summary: 'Say something, or send any other wish of the chat protocol',
        security: withIdentity,
        requestBody: { required: true, content: content('ChatSend') },
        responses: {
          200: json('ChatAck', 'It is kept'),
          202: json('ChatHeld', 'It waits for a moderator'),
          '4XX': json('ChatRefused', 'It is not done, and why'),
          503: json('ChatRefused', 'Send it again, with the same id'),
        },
      },
    },
  };
}
