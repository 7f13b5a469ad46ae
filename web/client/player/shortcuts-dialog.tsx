import './shortcuts-dialog.css';
import { type RefObject, useId } from 'react';
import { SHORTCUT_HELP, THEATRE } from './shortcuts.ts';

interface ShortcutsDialogProps {
  dialog: RefObject<HTMLDialogElement | null>;
  /** False: this page has no theatre. */
  theatre: boolean;
}

export function ShortcutsDialog({ dialog, theatre }: ShortcutsDialogProps) {
  const heading = useId();
  return (
    <dialog ref={dialog} className="shortcuts" aria-labelledby={heading} closedby="any">
      <form method="dialog" className="shortcuts-head">
        <h2 id={heading}>Keyboard shortcuts</h2>
        <button type="submit" className="button">
          Close
        </button>
      </form>
      <dl className="shortcuts-list">
        {SHORTCUT_HELP.filter(([, does]) => theatre || does !== THEATRE).map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
