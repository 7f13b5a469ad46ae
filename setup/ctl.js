import { spawn } from 'node:child_process';
import { ensure } from './ensure.js';
import { packages } from './packages.js';
import { nodePath, pinnedNode } from './pinned-node.js';
import { root } from './place.js';
import { atTopLevel } from './step.js';

await atTopLevel(async () => {
  await ensure([packages({ dev: false }), pinnedNode()]);
  const child = spawn(nodePath, ['ctl.ts', ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
});
