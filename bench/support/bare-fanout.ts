import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { launch, untilListening } from './process.ts';

export interface BareFanout {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** A process that does nothing but write what it hears to every socket. */
export async function startBareFanout(): Promise<BareFanout> {
  const port = await freePort();
  const script = join(import.meta.dirname, 'bare-fanout-process.ts');
  const node = await launch(process.execPath, [script, String(port)]);
  await untilListening(port);
  return { pid: node.pid, port, stop: () => node.stop() };
}
