import type { ChatClient } from '../chat-client.ts';
import { createChatClient } from '../create-chat-client.ts';

/** The chat of a channel, as this browser is signed in. */
export const connect = (channel: string): ChatClient => createChatClient({ channel });
