import { EventEmitter } from 'node:events';
import type { Bus, BusFacts, BusTopic } from './bus.ts';
import type { Log } from './log.ts';

/** The bus of one process: delivers synchronously, in order of subscription. */
export function createMemoryBus(log: Log): Bus {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    publish(topic, fact) {
      emitter.emit(topic, fact);
    },
    subscribe<T extends BusTopic>(topic: T, listener: (fact: BusFacts[T]) => void) {
      const guarded = (fact: BusFacts[T]) => {
        try {
          listener(fact);
        } catch (error) {
          log.error({ err: error, topic }, 'bus listener failed');
        }
      };
      emitter.on(topic, guarded);
      return () => emitter.off(topic, guarded);
    },
    reachesAll: () => true,
    async close() {
      emitter.removeAllListeners();
    },
  };
}
