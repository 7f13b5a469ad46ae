import { enableCompileCache } from 'node:module';
import { compiledDirectory } from './compiled.js';
import { welcome } from './welcome.js';

const PARENT_POLL_MS = 1_000;

/** Before the first TypeScript: stripping types anew costs a third of the start and 25 MB. */
enableCompileCache(compiledDirectory());
stopWithNpm();
const { run } = await import('../main.ts');
await run((facts) => {
  // What starting left behind, about 15 MB, before there is anything that a pause could disturb.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  process.stderr.write(welcome(facts));
});

/** npm passes signals on, except the one that kills it outright: then this has another parent. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_POLL_MS);
  timer.unref();
}
