import { type ChatDatabase, openChatDatabase } from '../../chat/log/chat-database.ts';
import type { FreshDatabase } from './databases.ts';

/** Where what was said is kept for good: in Postgres with the rest, on one machine in its own file. */
export async function chatDatabaseOf(fresh: FreshDatabase): Promise<ChatDatabase> {
  if (fresh.databaseUrl === null) return openChatDatabase(fresh.dataDir);
  return (await fresh.open()).$pickTables<'chat_messages' | 'chat_removed' | 'chat_clears'>();
}
