import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface FetchOrder {
  host: string;
  port: number;
  /** Asked for by turns, over and over. */
  paths: string[];
  connections: number;
  seconds: number;
}

export interface FetchReport {
  answers: number;
  bytes: number;
  refused: number;
  seconds: number;
}

/**
 * Lets a process of its own fetch as fast as it is answered.
 * @param onMeasuring called when the measured time begins
 */
export async function fetchAs(order: FetchOrder, onMeasuring = () => {}): Promise<FetchReport> {
  const child = fork(join(import.meta.dirname, 'fetch-process.ts'), { execArgv: [] });
  child.send(order);
  const [first] = await once(child, 'message');
  if (first !== 'measuring') throw new Error('The load ended before it measured.');
  onMeasuring();
  const [report] = (await once(child, 'message')) as [FetchReport];
  return report;
}
