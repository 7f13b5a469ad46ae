import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server program that a test started; ended by its own id. */
export interface ChildServer {
  readonly pid: number;
  readonly exited: Promise<void>;
  /** The newest it wrote. */
  said(): string;
  kill(signal: NodeJS.Signals): void;
}

export interface ChildServerOptions {
  cwd?: string;
  /** Who it runs as, when this process is root. */
  user?: string;
}

const MOST_SAID = 20_000;

/** Whatever becomes of this process, the server does not outlive it. */
export function spawnServer(
  command: string,
  args: string[],
  { cwd, user }: ChildServerOptions = {},
): ChildServer {
  const isRoot = process.getuid?.() === 0;
  const as =
    user === undefined || !isRoot ? [] : [`--reuid=${user}`, `--regid=${user}`, '--init-groups'];
  const child = spawn('setpriv', [...as, '--pdeathsig=KILL', command, ...args], {
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-MOST_SAID);
    });
  }
  const exited = Promise.race([once(child, 'exit'), once(child, 'error')]).then(() => undefined);
  return {
    pid: child.pid ?? -1,
    exited,
    said: () => said,
    kill: (signal) => void child.kill(signal),
  };
}

/** Asks until it answers; a server that ended or never answers is an error with its last words. */
export async function untilAnswers(
  server: ChildServer,
  answers: () => Promise<unknown>,
): Promise<void> {
  const deadline = performance.now() + 20_000;
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  for (;;) {
    try {
      await answers();
      return;
    } catch (error) {
      if (ended || performance.now() > deadline) {
        server.kill('SIGKILL');
        throw new Error(`a server under test did not start:\n${server.said()}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
