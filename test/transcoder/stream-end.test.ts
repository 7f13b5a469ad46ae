import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProcessRegistry } from '../../transcoder/process-registry.ts';
import { openRunDirectory } from '../../transcoder/run-directory.ts';
import { StreamTranscode } from '../../transcoder/transcode.ts';
import type { PackagerEvents } from '../../transcoder/transcode-options.ts';
import { SOFTWARE_ENCODER } from '../../transcoder/video-encoder.ts';
import { startPackager } from '../support/packager-live.ts';
import { hostContext } from '../support/transcoder-host.ts';

test('a stream that has ended is not announced when the end makes its first part', async (context) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'footlight-end-'));
  context.onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const { packager, live } = await startPackager();
  context.onTestFinished(() => live.close());
  const { context: platform } = hostContext(dataDir);
  const directory = openRunDirectory(dataDir);
  const order: string[] = [];
  const events: PackagerEvents[] = [];
  const transcode = new StreamTranscode({
    context: platform,
    stream: { channel: 'demo', streamId: 'stream1', startedAt: Date.now() },
    createPackager(packagerEvents) {
      events.push(packagerEvents);
      return packager;
    },
    onPlayable: async () => void order.push('playable'),
    onReport: () => {},
    onEnd: () => order.push('end'),
    registry: createProcessRegistry(directory, platform.log),
    directory,
    encoder: () => SOFTWARE_ENCODER,
    handedOn: () => [],
    cores: 2,
    nextRunNumber: () => 1,
  });
  const ended = transcode.end();
  for (const { onPlayable } of events) onPlayable();
  await ended;
  for (const { onPlayable } of events) onPlayable();
  expect(events).toHaveLength(1);
  expect(order).toEqual(['end']);
});
