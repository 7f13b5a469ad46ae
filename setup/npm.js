import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { place } from './place.js';
import { run } from './step.js';

/** npm can keep what it downloads only where this user may write: its home may be missing. */
function cacheEnv() {
  const cache = process.env.npm_config_cache ?? join(homedir(), '.npm');
  try {
    mkdirSync(cache, { recursive: true });
    accessSync(cache, constants.W_OK);
    return {};
  } catch {
    return { npm_config_cache: place('.cache', 'npm') };
  }
}

/**
 * Runs npm; when it fails, the command to run by hand is this one.
 *
 * @param {string[]} args
 * @param {{ cwd?: string }} options
 */
export function runNpm(args, options = {}) {
  const env = cacheEnv();
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  const quoted = args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg));
  return run('npm', args, { ...options, env, cure: [...variables, 'npm', ...quoted].join(' ') });
}
