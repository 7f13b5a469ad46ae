import { createMemoryBus } from '../../platform/bus-memory.ts';
import { randomId } from '../../platform/clock.ts';
import { createMemoryDirectory } from '../../platform/directory-memory.ts';
import { createLog } from '../../platform/log.ts';
import { busContract } from './bus.contract.ts';
import { directoryContract } from './directory.contract.ts';

directoryContract('memory', (clock) => createMemoryDirectory({ clock, newId: randomId }));
busContract('memory', () => createMemoryBus(createLog('silent')));
