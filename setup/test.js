import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { ensure } from './ensure.js';
import { packages } from './packages.js';
import { nodePath, pinnedNode } from './pinned-node.js';
import { place, root } from './place.js';
import { atTopLevel, say } from './step.js';
import { testTools } from './system-packages.js';
import { webPage } from './web-page.js';

const CHECKS = [
  { name: 'format and lint', args: ['node_modules/@biomejs/biome/bin/biome', 'check'] },
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'] },
];
const REPORTERS = ['--reporter=default', '--reporter=./test/support/count-reporter.ts'];
const COUNTS_FILE = place('.cache', `test-counts-${process.pid}.json`);

/** Runs one tool to its end with its output shown. */
function runTool(args) {
  const child = spawn(nodePath, args, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${dirname(nodePath)}${delimiter}${process.env.PATH}`,
      COUNTS_FILE,
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

/** What the count reporter wrote; null when vitest ended before it could. */
function readCounts() {
  try {
    return JSON.parse(readFileSync(COUNTS_FILE, 'utf8'));
  } catch {
    return null;
  } finally {
    rmSync(COUNTS_FILE, { force: true });
  }
}

/**
 * `npm test -- FILTER` runs the tests whose path holds FILTER, without the checks before them.
 * The last line is the count; a check that failed counts as one failure.
 */
await atTopLevel(async () => {
  await ensure([testTools(), packages({ dev: true }), pinnedNode(), webPage()]);
  const filters = process.argv.slice(2);
  const failedChecks = [];
  for (const { name, args } of filters.length > 0 ? [] : CHECKS) {
    say(name);
    if ((await runTool(args)) !== 0) failedChecks.push(name);
  }
  say('tests');
  mkdirSync(place('.cache'), { recursive: true });
  const code = await runTool(['node_modules/vitest/vitest.mjs', 'run', ...REPORTERS, ...filters]);
  const counts = readCounts() ?? { passed: 0, failed: 1 };
  for (const name of failedChecks) say(`failed before the tests: ${name}`);
  const failed = counts.failed + failedChecks.length;
  process.exitCode = code !== 0 || failed > 0 ? 1 : 0;
  process.stdout.write(`${counts.passed} passed, ${failed} failed\n`);
});
