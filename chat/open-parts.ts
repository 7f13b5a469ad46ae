import type { Context } from '../platform/context.ts';
import { createHttpIdentity } from '../platform/http-identity.ts';
import { createActions } from './actions.ts';
import { createBlocks } from './blocks.ts';
import { openEmbeddedBroker } from './broker-embedded.ts';
import { createSettingsStore } from './channel-settings.ts';
import type { OpenParts } from './chat.ts';
import { openChatDatabase } from './chat-database.ts';
import { createRules } from './chat-rules.ts';
import { createHeldQueue } from './held-queue.ts';
import type { House } from './house.ts';
import { createMessageFinder } from './message-finder.ts';
import { createMemoryPresence } from './presence-memory.ts';
import { createMemoryRateLimit } from './rate-limit-memory.ts';
import { createSanctions } from './sanctions.ts';
import { createStandings } from './standings.ts';
import { createWhispers } from './whispers.ts';

/** Chat of one machine. What was opened is closed the other way round. */
export async function openParts(context: Context): Promise<OpenParts> {
  const { config, clock } = context;
  const log = context.log.child({ service: 'chat' });
  const kept = await openChatDatabase(config.dataDir);
  const broker = await openEmbeddedBroker({ dataDir: config.dataDir, clock, log });
  const presence = createMemoryPresence({ clock });
  const limits = createMemoryRateLimit({ clock });
  const sanctions = createSanctions(context);
  const blocks = createBlocks(context);
  const standings = createStandings({ ...context, sanctions, blocks });
  const house: House = {
    ...context,
    broker,
    limits,
    messages: createMessageFinder(kept),
    settings: createSettingsStore(context),
    standings,
    sanctions,
    actions: createActions(context),
    blocks,
    held: createHeldQueue(context),
    whispers: createWhispers(context),
  };
  return {
    ...context,
    log,
    broker,
    presence,
    rules: createRules(house),
    httpIdentity: createHttpIdentity(context),
    async close() {
      standings.close();
      await Promise.all([presence.close(), limits.close(), broker.close()]);
      await kept.destroy();
    },
  };
}
