import type { Log } from './log.ts';

/** What has been started, stopped in the opposite order. */
export interface Shutdown {
  /** `stop` is called once, also when another one failed. */
  add(name: string, stop: () => Promise<void> | void): void;
  run(): Promise<void>;
}

export function createShutdown(log: Log): Shutdown {
  const steps: { name: string; stop: () => Promise<void> | void }[] = [];
  return {
    add(name, stop) {
      steps.push({ name, stop });
    },
    async run() {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step.stop();
        } catch (error) {
          log.error({ err: error, part: step.name }, 'stopping a part failed');
        }
      }
    },
  };
}
