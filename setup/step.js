import { spawn } from 'node:child_process';
import { root } from './place.js';

/** One line on standard error: what is being done. */
export const say = (line) => process.stderr.write(`footlight: ${line}\n`);

/** A step that cannot be done here: what to do instead, which is shown without a stack. */
export class SetupFault extends Error {}

/**
 * Runs a command quietly. When it fails its last lines are part of the fault.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, cure: string }} options `cure`: what the
 *   user can run by hand
 */
export async function run(command, args, { env = {}, cwd = root, cure }) {
  const child = spawn(command, args, {
    cwd,
    // An outer `npm -s` would silence the inner one's reason for failing too.
    env: { ...process.env, npm_config_loglevel: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
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
