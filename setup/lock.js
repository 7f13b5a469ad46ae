import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './place.js';
import { say } from './step.js';

const RETRY_MS = 200;

/** An address in Linux's abstract name space: the kernel frees it however its process ends. */
const address = `\0footlight-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;

const listen = (server) =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => resolve(true));
  });

/** Runs `work` while no other setup of this directory does. */
export async function alone(work) {
  if (process.platform !== 'linux') return work();
  for (let attempt = 0; ; attempt++) {
    const server = createServer();
    try {
      await listen(server);
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
      if (attempt === 0) say('another setup is at work in this directory; waiting for it');
      await delay(RETRY_MS);
      continue;
    }
    try {
      return await work();
    } finally {
      server.close();
    }
  }
}
