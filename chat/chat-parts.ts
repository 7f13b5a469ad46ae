import type { Context } from '../platform/context.ts';
import type { HttpIdentity } from '../platform/http-identity.ts';
import type { Broker } from './log/broker.ts';
import type { MessageArchive } from './log/message-finder.ts';
import type { Presence } from './presence/presence.ts';
import type { Rules } from './rules/rules.ts';

/** What the sockets and the fallbacks stand on. */
export interface ChatParts
  extends Pick<Context, 'config' | 'log' | 'bus' | 'channels' | 'identities' | 'clock' | 'newId'> {
  broker: Broker;
  presence: Presence;
  rules: Rules;
  archive: MessageArchive;
  httpIdentity: HttpIdentity;
}
