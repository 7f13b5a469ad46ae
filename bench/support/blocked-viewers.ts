// Run as a process of its own by viewer-load.ts, so that the load costs the measured side nothing.
import { dirname } from 'node:path/posix';
import { getRequest, type LightAnswer, LightConnection } from './light-connection.ts';
import { type PlaylistEdge, playlistEdge } from './playlist-edge.ts';
import { monotonicMs } from './statistics.ts';
import type { Round, ViewersOrder, ViewersReport } from './viewer-load.ts';

/** What all viewers of a rendition learn from one reading of an answer. */
interface Lesson extends PlaylistEdge {
  key: string;
  playlistRequest: Buffer;
  partRequest: Buffer;
}

class Rendition {
  readonly playlistPath: string;
  readonly lessons = new Map<string, Lesson>();
  readonly arrivals = new Map<string, number[]>();
  readonly partArrivals = new Map<string, number[]>();

  constructor(playlistPath: string) {
    this.playlistPath = playlistPath;
  }

  /** What the answer to this query said; read once for all who asked the same. */
  learn(query: string, body: Buffer | null): Lesson | null {
    const known = this.lessons.get(query);
    if (known !== undefined || body === null) return known ?? null;
    const edge = playlistEdge(body);
    if (edge === null) return null;
    const folder = dirname(this.playlistPath);
    const lesson = {
      ...edge,
      key: `${edge.msn}.${edge.part}`,
      playlistRequest: getRequest(this.playlistPath + edge.nextQuery),
      partRequest: getRequest(new URL(edge.newestPartUri, `http://bench${folder}/`).pathname),
    };
    // The unblocked playlist says something else every time.
    if (query !== '') this.lessons.set(query, lesson);
    return lesson;
  }

  note(kind: 'arrivals' | 'partArrivals', key: string): void {
    const list = this[kind].get(key);
    if (list === undefined) this[kind].set(key, [monotonicMs()]);
    else list.push(monotonicMs());
  }
}

class Viewer {
  readonly #rendition: Rendition;
  readonly #order: ViewersOrder;
  readonly #connection: LightConnection;
  #query = '';
  #lesson: Lesson | null = null;
  #state: 'playlist' | 'part' = 'playlist';

  constructor(rendition: Rendition, order: ViewersOrder) {
    this.#rendition = rendition;
    this.#order = order;
    this.#connection = new LightConnection(order, {
      wantsBody: () => this.#state === 'playlist' && !rendition.lessons.has(this.#query),
      onAnswer: (answer) => this.#answered(answer),
      onLost: () => {
        tally.lost += 1;
      },
    });
    this.#connection.send(getRequest(rendition.playlistPath));
  }

  #answered(answer: LightAnswer): void {
    tally.answers += 1;
    if (answer.status !== 200) {
      tally.refused += 1;
      tally.lastRefusal = answer.status;
      this.#askAgain();
    } else if (this.#state === 'part') this.#partArrived();
    else this.#playlistArrived(this.#rendition.learn(this.#query, answer.body));
  }

  #playlistArrived(lesson: Lesson | null): void {
    if (lesson === null) {
      this.#askAgain();
      return;
    }
    if (this.#query !== '') this.#rendition.note('arrivals', lesson.key);
    this.#lesson = lesson;
    if (this.#order.fetchesParts) {
      this.#state = 'part';
      this.#connection.send(lesson.partRequest);
    } else this.#askNext(lesson);
  }

  #partArrived(): void {
    this.#state = 'playlist';
    if (this.#lesson === null) return;
    if (this.#query !== '') this.#rendition.note('partArrivals', this.#lesson.key);
    this.#askNext(this.#lesson);
  }

  #askNext(lesson: Lesson): void {
    this.#query = lesson.nextQuery;
    this.#connection.send(lesson.playlistRequest);
  }

  /** From the start: the newest playlist, without blocking. */
  #askAgain(): void {
    this.#state = 'playlist';
    this.#query = '';
    setTimeout(() => this.#connection.send(getRequest(this.#rendition.playlistPath)), 200);
  }
}

const tally = { answers: 0, refused: 0, lost: 0, lastRefusal: 0 };

function quantiles(list: number[]): Pick<Round, 'count' | 'p50' | 'p99' | 'last'> {
  list.sort((a, b) => a - b);
  const at = (share: number) => list[Math.ceil(share * list.length) - 1] ?? 0;
  return { count: list.length, p50: at(0.5), p99: at(0.99), last: at(1) };
}

function report(renditions: Rendition[]): ViewersReport {
  const rounds: Round[] = renditions.flatMap(({ playlistPath, arrivals, partArrivals }) => {
    const named = (map: Map<string, number[]>, what: Round['what']) =>
      [...map].map(([part, list]) => ({ playlistPath, part, what, ...quantiles(list) }));
    return [...named(arrivals, 'playlist'), ...named(partArrivals, 'part')];
  });
  const { user, system } = process.cpuUsage();
  return { ...tally, rounds, cpuSeconds: (user + system) / 1e6 };
}

process.once('message', (order: ViewersOrder) => {
  const renditions = order.playlistPaths.map((path) => new Rendition(path));
  for (let i = 0; i < order.viewers; i += 1) {
    // The joining is not what is measured: spread it.
    setTimeout(
      () => {
        const rendition = renditions[i % renditions.length];
        if (rendition !== undefined) new Viewer(rendition, order);
      },
      (i * order.joinMs) / order.viewers,
    );
  }
  setTimeout(() => {
    for (const { arrivals, partArrivals } of renditions) {
      arrivals.clear();
      partArrivals.clear();
    }
  }, order.joinMs + order.settleMs);
  setTimeout(
    () => process.send?.(report(renditions), () => process.exit(0)),
    order.joinMs + order.settleMs + order.measureMs,
  );
});
