import { fileNames } from './file-names.ts';
import type { LiveStream } from './live-stream.ts';
import type { Rendition } from './rendition.ts';
import type { Segment } from './segment.ts';

/** What one rendition leaves in the segment store; nothing here waits for a write. */
export class RenditionFiles {
  readonly #stream: LiveStream;
  readonly #rendition: Rendition;

  constructor(stream: LiveStream, rendition: Rendition) {
    this.#stream = stream;
    this.#rendition = rendition;
  }

  writeInit(number: number, bytes: Buffer): void {
    const { unsaved } = this.#rendition.inits;
    unsaved.delete(number);
    void this.#stream.store.put(this.#path(fileNames.init(number)), [bytes]).then((stored) => {
      if (!stored) unsaved.add(number);
    });
  }

  /** The plain playlist for static servers follows when the segment is there. */
  writeSegment(segment: Segment): void {
    this.#writeUnsavedInits();
    const parts = segment.parts.map((part) => part.bytes);
    const path = this.#path(fileNames.segment(segment.slot.msn));
    void this.#stream.store.put(path, parts).then((stored) => {
      segment.stored = stored;
      // What refused this may have taken the init segment with it.
      if (!stored) this.#rendition.inits.unsaved.add(segment.init);
      if (stored) void this.#stream.writePlaylist(this.#rendition);
    });
  }

  #writeUnsavedInits(): void {
    for (const number of this.#rendition.inits.unsaved) {
      const bytes = this.#rendition.inits.get(number);
      if (bytes === null) this.#rendition.inits.unsaved.delete(number);
      else this.writeInit(number, bytes);
    }
  }

  /** Segments that left the playlist, and the init segments that none needs any more with them. */
  retire(segments: readonly Segment[]): void {
    for (const number of this.#rendition.trimInits()) {
      this.#stream.store.retire(this.#path(fileNames.init(number)));
    }
    for (const { slot } of segments) {
      this.#stream.store.retire(this.#path(fileNames.segment(slot.msn)));
    }
  }

  #path(file: string): string {
    return `${this.#stream.path}/${this.#rendition.plan.name}/${file}`;
  }
}
