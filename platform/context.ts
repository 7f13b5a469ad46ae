import type { Bus } from './bus.ts';
import type { Channels } from './channels.ts';
import type { Clock, NewId } from './clock.ts';
import type { Config } from './config.ts';
import type { Directory } from './directory.ts';
import type { Log } from './log.ts';

/** What every service is given by the composition root. */
export interface Context {
  config: Config;
  log: Log;
  bus: Bus;
  directory: Directory;
  channels: Channels;
  clock: Clock;
  newId: NewId;
}
