// Run as a process of its own, to be killed: a transcoder over one source.
// Arguments: DATA_DIR, then the source as JSON; without a source it starts and stops.
import type { Source } from '../../platform/stream.ts';
import { createTranscoder } from '../../transcoder/transcoder.ts';
import { hostContext } from './transcoder-host.ts';

const [dataDir = '', source] = process.argv.slice(2);
const { context, logged } = hostContext(dataDir, { LADDER: '120p@150k' });
const transcoder = createTranscoder(context, { cores: 2 });
await transcoder.start();
if (source === undefined) {
  const until = Date.now() + 10_000;
  while (transcoder.readiness() === 'ok' && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.stdout.write(`${JSON.stringify({ readiness: transcoder.readiness(), logged })}\n`);
  await transcoder.stop();
} else {
  context.bus.subscribe('stream:playable', () => process.stdout.write('playable\n'));
  const parsed: Source = JSON.parse(source);
  const fact = { channel: 'stage', streamId: 'stream', startedAt: Date.now(), source: parsed };
  context.bus.publish('stream:live', fact);
}
