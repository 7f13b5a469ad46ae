import { spawn } from 'node:child_process';
import { nodePath } from './pinned-node.js';
import { place, root } from './place.js';

const PARENT_POLL_MS = 1_000;
/** The server ends by itself within this; then it is made to. */
const STOP_MS = 9_500;

/** What every Node process of the product is started with. */
export const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];

/**
 * Runs main.ts until it ends, and passes on every way of asking it to stop. It notices itself when
 * this process vanishes, by the IPC channel between the two.
 *
 * @param {(facts: object) => void} onReady called with what the server says once it is ready
 * @returns {Promise<number>} the exit code
 */
export async function runServer(onReady) {
  const child = spawn(nodePath, [...NODE_FLAGS, 'main.ts'], {
    cwd: root,
    // What is compiled already saves a third of the start, and the memory of the type stripper.
    env: { ...process.env, NODE_COMPILE_CACHE: place('.cache', 'compiled') },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message) => {
    if (message?.ready === true) onReady(message);
  });
  const ask = () => {
    if (child.connected) child.send('stop', () => undefined);
    setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref();
  };
  process.on('SIGTERM', ask);
  process.on('SIGINT', ask);
  process.on('SIGHUP', ask);
  watchNpm(ask);

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** npm that is killed outright cannot pass that on: its child is then another process's. */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  timer.unref();
}
