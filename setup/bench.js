import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { ensure } from './ensure.js';
import { packages } from './packages.js';
import { nodePath, pinnedNode } from './pinned-node.js';
import { root } from './place.js';
import { atTopLevel } from './step.js';
import { testTools } from './system-packages.js';
import { webPage } from './web-page.js';

const args = process.argv.slice(2);
/** The list of benches needs nothing of what they measure with. */
const listsOnly = args.length === 0 || args[0] === 'list' || args[0] === '--help';

await atTopLevel(async () => {
  const tools = listsOnly ? [] : [testTools()];
  await ensure([...tools, packages({ dev: true }), pinnedNode()]);
  if (!listsOnly) await ensure([webPage()]);
  const child = spawn(nodePath, ['bench/run.ts', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(nodePath)}${delimiter}${process.env.PATH}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
});
