import './stage.css';
import type { ReactNode } from 'react';

const LAMPS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** The house's picture for quiet moments: a dark stage behind a row of footlights. */
export function Stage({ children, lit = true }: { children: ReactNode; lit?: boolean }) {
  return (
    <div className="stage" data-lit={lit}>
      <div className="stage-words">{children}</div>
      <div className="stage-lamps" aria-hidden="true">
        {LAMPS.map((lamp) => (
          <span key={lamp} className="stage-lamp" />
        ))}
      </div>
    </div>
  );
}
