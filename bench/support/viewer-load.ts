import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ViewersOrder {
  host: string;
  port: number;
  /** Viewers are dealt out over these media playlists, by turns. */
  playlistPaths: string[];
  viewers: number;
  /** After each playlist the newest part as well, on the same connection. */
  fetchesParts: boolean;
  /** The viewers come over this long; then they settle, then is measured. */
  joinMs: number;
  settleMs: number;
  measureMs: number;
}

/** What the viewers of one playlist got of one part; times on the machine's monotonic clock, ms. */
export interface Round {
  playlistPath: string;
  /** `MSN.PART` */
  part: string;
  what: 'playlist' | 'part';
  /** Answers received. */
  count: number;
  p50: number;
  p99: number;
  last: number;
}

export interface ViewersReport {
  answers: number;
  /** Answers other than 200. */
  refused: number;
  lastRefusal: number;
  /** Connections that broke. */
  lost: number;
  /** Of the load itself, from its start. */
  cpuSeconds: number;
  rounds: Round[];
}

/** Lets a process of its own watch as many viewers; resolves when it has measured. */
export async function watchAs(order: ViewersOrder): Promise<ViewersReport> {
  const child = fork(join(import.meta.dirname, 'blocked-viewers.ts'), { execArgv: [] });
  child.send(order);
  const [report] = (await once(child, 'message')) as [ViewersReport];
  return report;
}
