import { useCallback, useEffect, useState } from 'react';

const SHOWN_MS = 5_000;

interface Words {
  count: number;
  text: string;
  good: boolean;
}

export interface Toasts {
  words: Words | null;
  tell(text: string, good: boolean): void;
}

/** How the last wish went, for a while. */
export function useToast(): Toasts {
  const [words, setWords] = useState<Words | null>(null);
  const tell = useCallback((text: string, good: boolean) => {
    setWords((was) => ({ count: (was?.count ?? 0) + 1, text, good }));
  }, []);
  useEffect(() => {
    if (words === null) return;
    const timer = window.setTimeout(() => setWords(null), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [words]);
  return { words, tell };
}

export const Toast = ({ toast }: { toast: Toasts }) => (
  <div className="chat-toast-place" role="status">
    {toast.words !== null && (
      <p key={toast.words.count} className="chat-toast" data-good={toast.words.good}>
        {toast.words.text}
      </p>
    )}
  </div>
);
