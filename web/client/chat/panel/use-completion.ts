import { useMemo, useState } from 'react';
import { type Choice, type Completion, completionAt, type Known } from './completion.ts';

export interface Completing {
  completion: Completion | null;
  picked: number;
  choice: Choice | undefined;
  /** Something was typed up to here. */
  typedTo(caret: number): void;
  /** The caret is here: elsewhere there is nothing to complete. */
  caretAt(caret: number): void;
  move(by: number): void;
  close(): void;
}

/** What could complete the text where it is being typed, and which of it is picked. */
export function useCompletion(text: string, known: Known): Completing {
  const [caret, setCaret] = useState<number | null>(null);
  const [picked, setPicked] = useState(0);
  const completion = useMemo(
    () => (caret === null ? null : completionAt(text, caret, known)),
    [text, caret, known],
  );
  const length = completion?.choices.length ?? 1;
  const at = Math.min(picked, length - 1);
  return {
    ...{ completion, picked: at, choice: completion?.choices[at] },
    typedTo(next) {
      setCaret(next);
      setPicked(0);
    },
    caretAt: (next) => setCaret((was) => (was === next ? was : null)),
    move: (by) => setPicked((at + by + length) % length),
    close: () => setCaret(null),
  };
}
