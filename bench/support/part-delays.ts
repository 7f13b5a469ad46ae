import type { OriginReport } from './packager-origin.ts';
import type { Round, ViewersReport } from './viewer-load.ts';

/** How long after a part was published its viewers had their answers, one value a part, ms. */
export interface AnswerDelays {
  medians: number[];
  p99s: number[];
  lasts: number[];
  /** Answers in all. */
  count: number;
}

/** Puts what the viewers saw beside what the origin published. Rounds of unknown parts are left out. */
export function answerDelays(
  load: ViewersReport,
  origin: OriginReport,
  what: Round['what'],
): AnswerDelays {
  const publishedAt = new Map(
    origin.parts.map(({ playlistPath, part, atMs }) => [`${playlistPath} ${part}`, atMs]),
  );
  const delays: AnswerDelays = { medians: [], p99s: [], lasts: [], count: 0 };
  for (const round of load.rounds) {
    const atMs = publishedAt.get(`${round.playlistPath} ${round.part}`);
    if (round.what !== what || atMs === undefined) continue;
    delays.medians.push(round.p50 - atMs);
    delays.p99s.push(round.p99 - atMs);
    delays.lasts.push(round.last - atMs);
    delays.count += round.count;
  }
  return delays;
}
