import type { Accounts } from '../../platform/accounts.ts';
import type { Channels } from '../../platform/channels.ts';
import type { Context } from '../../platform/context.ts';
import type { Directory } from '../../platform/directory.ts';

/** What the web server uses of the context: of channels and streams it changes nothing. */
export interface WebContext
  extends Pick<
    Context,
    'config' | 'log' | 'bus' | 'clock' | 'newId' | 'identities' | 'sessions' | 'signInCodes'
  > {
  accounts: Pick<
    Accounts,
    'userById' | 'setColor' | 'rolesIn' | 'follow' | 'unfollow' | 'countFollowers'
  >;
  channels: Pick<Channels, 'byName' | 'list'>;
  directory: Pick<Directory, 'byChannel' | 'list'>;
}
