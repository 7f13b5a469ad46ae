import { type CaptionScreen, Cta608Parser, type Row } from '@svta/cml-608';

/** What stands on the screen of 15 rows and 32 columns, from its first row that is not empty on. */
export interface CaptionText {
  /** As VTT: escaped, with its italics and underlines. */
  text: string;
  row: number;
  column: number;
}

const NOTHING = JSON.stringify(null);

/** CEA-608's CC1 as it changes: rolling up, popping on or painted on. */
export class CaptionDecoder {
  readonly #parser: Cta608Parser;
  readonly #changed: (at: number, shown: CaptionText | null) => void;
  #screen: CaptionScreen | null = null;
  #text = NOTHING;

  /** @param changed told what is shown from that media time on */
  constructor(changed: (at: number, shown: CaptionText | null) => void) {
    this.#changed = changed;
    const output = {
      newCue: (_start: number, _end: number, screen: CaptionScreen) => {
        this.#screen = screen;
      },
    };
    this.#parser = new Cta608Parser(1, output, null);
  }

  /** @param at media seconds, never less than before */
  add(at: number, pairs: number[]): void {
    this.#parser.addData(at, pairs);
    this.#screen = null;
    // Tells of what is on screen now; it stays silent when that is nothing.
    this.#parser.cueSplitAtTime(at);
    const shown = this.#screen === null ? null : textOf(this.#screen);
    const text = JSON.stringify(shown);
    if (text !== this.#text) {
      this.#text = text;
      this.#changed(at, shown);
    }
  }

  /** What comes next does not follow on what came. */
  reset(): void {
    this.#parser.reset();
    this.#text = NOTHING;
  }
}

function textOf(screen: CaptionScreen): CaptionText | null {
  const rows = screen.rows
    .map((row, number) => ({ row, number }))
    .filter(({ row }) => !row.isEmpty());
  const [first] = rows;
  if (first === undefined) return null;
  return {
    text: rows.map(({ row }) => lineOf(row)).join('\n'),
    row: first.number,
    column: Math.min(...rows.map(({ row }) => row.chars.findIndex((one) => one.uchar !== ' '))),
  };
}

function lineOf(row: Row): string {
  let line = '';
  let open: string[] = [];
  for (const { uchar, penState } of row.chars) {
    const wished = [penState.italics ? 'i' : [], penState.underline ? 'u' : []].flat();
    if (wished.join() !== open.join()) {
      line += closing(open) + wished.map((tag) => `<${tag}>`).join('');
      open = wished;
    }
    line += escaped(uchar);
  }
  return (line + closing(open)).trim();
}

const closing = (tags: string[]) =>
  tags
    .toReversed()
    .map((tag) => `</${tag}>`)
    .join('');

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
