import { afterEach, beforeEach } from 'vitest';
import type { ChatClient } from './chat-client.ts';
import { type ChatServer, startChat } from './chat-server.ts';

/** A chat with its broadcaster, a moderator and somebody. */
export interface Stage {
  server: ChatServer;
  owner: ChatClient;
  mod: ChatClient;
  ann: ChatClient;
  enter(name: string, role?: 'broadcaster' | 'moderator' | 'vip'): Promise<ChatClient>;
}

/** Makes one for each test, and gives it to `take`. */
export function setStage(take: (stage: Stage) => void): void {
  let server: ChatServer;
  beforeEach(async () => {
    server = await startChat();
    const enter: Stage['enter'] = async (name, role) =>
      server.enter({ token: (await server.person(name, role)).token });
    const owner = await enter('owner', 'broadcaster');
    const mod = await enter('mod_mia', 'moderator');
    take({ server, owner, mod, ann: await enter('ann'), enter });
  });
  afterEach(() => server.stop());
}
