import {
  browserSurroundings,
  type Surroundings,
} from '../../../../web/client/chat/surroundings.ts';

const TIMES = 2;
const MINUTE_MS = 60_000;

/** A page whose time runs twice as fast, and that waits seconds for what it would wait minutes. */
export function quickened(): Pick<Surroundings, 'now' | 'after'> {
  const startedAt = Date.now();
  const { after } = browserSurroundings();
  return {
    now: () => startedAt + (Date.now() - startedAt) * TIMES,
    after: (ms, callback) => after(ms / (ms < MINUTE_MS ? TIMES : 40), callback),
  };
}
