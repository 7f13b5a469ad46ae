/** Why the process has to end. `again`: the second time of asking, now at once. */
export type StopCause = 'SIGTERM' | 'SIGINT' | 'launcher asked' | 'launcher gone';

/** npm and a terminal both deliver the same Ctrl-C: what follows so closely is its echo. */
const ECHO_MS = 1_000;

/**
 * Listens to signals and to the launcher (the IPC channel this process may have been started
 * with): `stop` the first time, `force` when asked again.
 */
export function onStopSignal(handlers: { stop(cause: StopCause): void; force(): void }): void {
  let firstAt: number | null = null;
  const ask = (cause: StopCause) => {
    if (firstAt === null) {
      firstAt = performance.now();
      handlers.stop(cause);
    } else if (performance.now() - firstAt > ECHO_MS && cause !== 'launcher gone') {
      handlers.force();
    }
  };
  process.on('SIGTERM', () => ask('SIGTERM'));
  process.on('SIGINT', () => ask('SIGINT'));
  if (process.connected !== true) return;
  process.on('message', (message) => {
    if (message === 'stop') ask('launcher asked');
  });
  process.on('disconnect', () => ask('launcher gone'));
}
