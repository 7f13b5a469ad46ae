import type { Channels } from '../../platform/channels.ts';
import type { Context } from '../../platform/context.ts';
import type { Directory } from '../../platform/directory.ts';

/** What the web server uses of the context: it reads, and changes nothing. */
export interface WebContext extends Pick<Context, 'config' | 'log' | 'bus' | 'clock' | 'newId'> {
  channels: Pick<Channels, 'byName' | 'list'>;
  directory: Pick<Directory, 'byChannel' | 'list'>;
}
