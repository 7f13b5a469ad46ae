import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { BurnedClock, beeps, CLOCK } from './burned-clock.ts';
import { p50 } from './watching.ts';
import { openWatching } from './watching-page.ts';

const SECONDS = 8;
const FPS = 30;
const SIZE = { width: 320, height: 180 };

/** A file whose sound and picture are at the same instant by construction. */
async function makeFile(dir: string): Promise<string> {
  const file = join(dir, 'bias.mp4');
  const painter = new BurnedClock({ ...SIZE, detail: 0 });
  const pictures: Buffer[] = [];
  for (let frame = 0; frame < SECONDS * FPS; frame += 1) {
    const flash = (frame / FPS) % 1 < CLOCK.beepMs / 1000;
    pictures.push(Buffer.from(painter.paint(frame, frame, flash)));
  }
  await writeFile(join(dir, 'bias.yuv'), Buffer.concat(pictures));
  await writeFile(join(dir, 'bias.pcm'), beeps(0, SECONDS * CLOCK.sampleRate));
  await promisify(execFile)('ffmpeg', [
    ...['-loglevel', 'error', '-f', 'rawvideo', '-pix_fmt', 'yuv420p'],
    ...['-video_size', `${SIZE.width}x${SIZE.height}`, '-framerate', String(FPS)],
    ...['-i', join(dir, 'bias.yuv'), '-f', 's16le', '-ar', String(CLOCK.sampleRate), '-ac', '1'],
    ...['-i', join(dir, 'bias.pcm'), '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'],
    ...['-movflags', '+faststart', file],
  ]);
  return file;
}

/**
 * What the way of measuring adds by itself: the offset it finds in a file that has none, in this
 * browser on this machine, ms. Subtract it.
 */
export async function measureAvBias(browser: Browser): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-av-'));
  const file = await makeFile(dir);
  const server = createServer((request, response) => {
    if (request.url === '/bias.mp4') {
      response.setHeader('Content-Type', 'video/mp4');
      createReadStream(file).pipe(response);
    } else {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><video src="/bias.mp4" autoplay loop></video>');
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const watching = await openWatching(browser, `http://127.0.0.1:${port}/`, { sound: true });
  try {
    const { avOffsetsMs } = await watching.watch(SECONDS - 1);
    return p50(avOffsetsMs) ?? 0;
  } finally {
    await watching.close();
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true, force: true });
  }
}
