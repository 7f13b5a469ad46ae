/** The captions that came with the stream, as the browser keeps them. */
export class CaptionTracks {
  readonly #list: TextTrackList;

  /** @param changed told whether there are any, whenever that may have changed */
  constructor(list: TextTrackList, changed: (available: boolean) => void, signal: AbortSignal) {
    this.#list = list;
    const tell = () => changed(this.#captions().length > 0);
    list.addEventListener('addtrack', tell, { signal });
    list.addEventListener('removetrack', tell, { signal });
  }

  show(on: boolean): void {
    for (const [index, track] of this.#captions().entries()) {
      track.mode = on && index === 0 ? 'showing' : 'hidden';
    }
  }

  #captions(): TextTrack[] {
    return [...this.#list].filter((track) => track.kind === 'captions');
  }
}
