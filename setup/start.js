import { ensure } from './ensure.js';
import { packages } from './packages.js';
import { nodePath, pinnedNode } from './pinned-node.js';
import { atTopLevel } from './step.js';
import { ffmpeg } from './system-packages.js';
import { webPage } from './web-page.js';

/**
 * Installs what is missing and prints the path of the Node that is to run setup/serve.js. The
 * shell then becomes that process: one less in memory, and signals reach the server itself.
 */
await atTopLevel(async () => {
  const page = webPage();
  // First what may need another user's hands. Only the build needs the packages for development.
  await ensure([ffmpeg(), packages({ dev: !page.isThere() }), pinnedNode(), page]);
  process.stdout.write(`${nodePath}\n`);
});
