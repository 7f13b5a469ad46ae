import { readFileSync } from 'node:fs';
import { runNpm } from './npm.js';
import { place } from './place.js';
import { SetupFault, say } from './step.js';

const LOCK_FILE = 'package-lock.json';

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
};

/**
 * npm keeps beside the packages a copy of the lock it installed them by, written last: comparing
 * the two tells in milliseconds what is missing, also after an interrupted or a manual install.
 */
export function missingPackages({ dev }) {
  const wanted = readJson(place(LOCK_FILE));
  if (wanted === null)
    throw new SetupFault(`${LOCK_FILE} cannot be read. Clone the project again.`);
  const installed = readJson(place('node_modules', '.package-lock.json'))?.packages ?? {};
  return Object.entries(wanted.packages)
    .filter(
      ([path, { dev: isDev, devOptional }]) => path !== '' && (dev || !(isDev || devOptional)),
    )
    .filter(([path, { version, optional }]) => {
      const found = installed[path];
      return found === undefined ? optional !== true : found.version !== version;
    })
    .map(([path]) => path);
}

/**
 * By `install`, since `npm ci` refuses a lock that leaves out what other platforms would get.
 * Install scripts do not run: no package here needs one.
 */
const INSTALL = ['install', '--no-save', '--ignore-scripts', '--include=dev', '--no-audit'];

/** @param {{ dev: boolean }} options `dev`: those for building and testing too */
export const packages = (options) => ({
  isThere: () => missingPackages(options).length === 0,
  async install() {
    say('installing the npm packages (npm install)');
    await runNpm(INSTALL);
  },
});
