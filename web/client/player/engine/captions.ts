import type Hls from 'hls.js';
import { Events, type UserdataSample } from 'hls.js';
import { CaptionCues } from './caption-cues.ts';
import type { CaptionDecoder } from './caption-decoder.ts';
import { CaptionOrder, type Heard } from './caption-order.ts';
import { fieldOne } from './caption-pairs.ts';

/** Heard before captions are switched on: the line that is being spoken is shown then. */
const REMEMBERED_SECONDS = 20;
/** Back by more, or on by more, it is another place of the stream; another rung repeats less. */
const BACK_SECONDS = 3;
const ON_SECONDS = 5;

/**
 * CEA-608 captions at the live edge. hls.js itself tells of a caption when it is over, which is
 * too late there, and forgets half of it with every request.
 */
export class Captions {
  readonly #video: HTMLVideoElement;
  readonly #found: () => void;
  #known = false;
  #wanted = false;
  #recent: Heard[] = [];
  readonly #order = new CaptionOrder();
  #run: number | null = null;
  #cues: CaptionCues | null = null;
  #decoder: CaptionDecoder | null = null;
  #closed = false;

  /** @param found told when the first characters have come */
  constructor(hls: Hls, video: HTMLVideoElement, found: () => void) {
    this.#video = video;
    this.#found = found;
    hls.on(Events.FRAG_PARSING_USERDATA, (_, { frag, samples }) => {
      if (frag.type !== 'main') return;
      if (frag.cc !== this.#run) this.#restart(samples[0]?.pts);
      this.#run = frag.cc;
      for (const sample of samples) this.#hear(sample);
    });
    hls.on(Events.MANIFEST_LOADING, () => this.#restart(0));
    hls.once(Events.DESTROYING, () => {
      this.#closed = true;
      this.#cues?.remove();
    });
  }

  show(on: boolean): void {
    this.#wanted = on;
    this.#cues?.show(on);
    if (on && this.#cues === null && this.#known) void this.#begin();
  }

  #hear({ pts, bytes }: UserdataSample): void {
    if (bytes === undefined) return;
    const further = pts - this.#order.newest;
    if (further < -BACK_SECONDS || further > ON_SECONDS) this.#restart(pts);
    for (const heard of this.#order.add({ at: pts, pairs: fieldOne(bytes) })) {
      if (heard.pairs.length > 0) this.#decode(heard);
    }
  }

  #decode(heard: Heard): void {
    this.#decoder?.add(heard.at, heard.pairs);
    this.#recent = this.#recent.filter(({ at }) => at > heard.at - REMEMBERED_SECONDS);
    this.#recent.push(heard);
    if (this.#known) return;
    this.#known = true;
    this.#found();
    if (this.#wanted) void this.#begin();
  }

  /** What comes from there on does not follow on what came. */
  #restart(at: number | undefined): void {
    this.#order.restart();
    this.#recent = [];
    this.#decoder?.reset();
    if (at !== undefined) this.#cues?.cut(at);
  }

  async #begin(): Promise<void> {
    const cues = new CaptionCues(this.#video);
    this.#cues = cues;
    cues.show(this.#wanted);
    const { CaptionDecoder } = await import('./caption-decoder.ts');
    if (this.#closed) return;
    const decoder = new CaptionDecoder((at, shown) => cues.change(at, shown));
    for (const { at, pairs } of this.#recent) decoder.add(at, pairs);
    this.#decoder = decoder;
  }
}
