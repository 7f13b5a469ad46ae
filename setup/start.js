import { ensure } from './ensure.js';
import { packages } from './packages.js';
import { pinnedNode } from './pinned-node.js';
import { runServer } from './server-process.js';
import { atTopLevel } from './step.js';
import { ffmpeg } from './system-packages.js';
import { webPage } from './web-page.js';
import { welcome } from './welcome.js';

await atTopLevel(async () => {
  const page = webPage();
  // Only the build needs the packages for development.
  await ensure([packages({ dev: !page.isThere() }), pinnedNode(), ffmpeg(), page]);
  process.exitCode = await runServer((facts) => process.stderr.write(welcome(facts)));
});
