import type { Context } from '../platform/context.ts';
import type { HttpIdentity } from '../platform/http-identity.ts';
import type { Broker } from './broker.ts';
import type { MessageArchive } from './message-finder.ts';
import type { Presence } from './presence.ts';
import type { Rules } from './rules.ts';

/** What the sockets and the fallbacks stand on. */
export interface ChatParts
  extends Pick<Context, 'config' | 'log' | 'bus' | 'channels' | 'identities' | 'clock' | 'newId'> {
  broker: Broker;
  presence: Presence;
  rules: Rules;
  archive: MessageArchive;
  httpIdentity: HttpIdentity;
}
