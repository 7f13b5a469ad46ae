import { createChatClient } from '../../../../web/client/chat/create-chat-client.ts';
import { browserSurroundings } from '../../../../web/client/chat/surroundings.ts';

/** The chat of a page that would wait for minutes before it tries again by itself. */
const client = createChatClient({
  channel: 'stage',
  token: location.hash.slice(1),
  surroundings: { ...browserSurroundings(), random: () => 1_000 },
});
Object.assign(globalThis, { client });
