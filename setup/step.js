import { spawn } from 'node:child_process';
import { root } from './place.js';

/** One line on standard error: what is being done. */
export const say = (line) => process.stderr.write(`footlight: ${line}\n`);

/** A step that cannot be done here: what to do instead, which is shown without a stack. */
export class SetupFault extends Error {}

const PARENT_POLL_MS = 500;
const parent = process.ppid;

/**
 * Calls back when npm or a signal ends this process: npm's shell dies of the signal that npm
 * passes on, and leaves this process to another parent.
 *
 * @returns the function that ends the watch
 */
function onStop(stop) {
  const timer = setInterval(() => process.ppid !== parent && stop(), PARENT_POLL_MS);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  return () => {
    clearInterval(timer);
    for (const signal of signals) process.off(signal, stop);
  };
}

/**
 * Runs a command quietly. When it fails its last lines are part of the fault.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, cure: string, whole?: boolean }} options
 *   `cure`: what the user can run by hand; `whole`: it comes to its end also when the setup is
 *   stopped, for half of it would have to be mended by hand
 */
export async function run(command, args, { env = {}, cwd = root, cure, whole = false }) {
  const child = spawn(command, args, {
    cwd,
    // An outer `npm -s` would silence the inner one's reason for failing too.
    env: { ...process.env, npm_config_loglevel: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stopped = false;
  const stopWatching = onStop(() => {
    stopped = true;
    if (!whole) child.kill('SIGTERM');
  });
  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  stopWatching();
  if (stopped)
    throw new SetupFault('stopped before it was done; the next start goes on from here.');
  if (ended === 0) return;
  const lastLines = output.trimEnd().split('\n').slice(-15).join('\n');
  throw new SetupFault(
    `\`${command} ${args.join(' ')}\` failed (${ended}).\n${lastLines}\nRun by hand:\n  ${cure}`,
  );
}

/** Runs `main`; a fault is printed as its sentence and ends the process with 1. */
export async function atTopLevel(main) {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof SetupFault)) throw error;
    say(error.message);
  }
}
