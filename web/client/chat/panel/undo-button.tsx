import { useState } from 'react';
import { usePanel } from './panel-context.ts';

/** Takes a moderator's action back. */
export function UndoButton({ action }: { action: string }) {
  const { wish } = usePanel();
  const [undone, setUndone] = useState(false);
  if (undone) return <span className="chat-quiet">undone</span>;
  const undo = async () => setUndone(await wish({ type: 'undo', action }, 'Undone.'));
  return (
    <button type="button" className="chat-inline-button" onClick={() => void undo()}>
      Undo
    </button>
  );
}
