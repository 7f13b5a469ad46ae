import { useId, useMemo, useRef, useState } from 'react';
import { EmoteImage } from './emote-image.tsx';
import type { Emote } from './emotes.ts';
import { SmileIcon } from './icons.tsx';
import { usePanel } from './panel-context.ts';

/** All emotes of the channel, with a search. Several can be picked one after another. */
export function EmotePicker({ onPick }: { onPick: (emote: Emote) => void }) {
  const { emotes, settings } = usePanel();
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState('');
  const found = useMemo(
    () =>
      [...emotes.values()].filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase())),
    [emotes, wanted],
  );
  if (emotes.size === 0) return null;
  const pick = (emote: Emote) => {
    popover.current?.hidePopover();
    onPick(emote);
  };
  return (
    <>
      <button
        type="button"
        className="chat-emote-button"
        aria-label="Emotes"
        title="Emotes"
        aria-expanded={open}
        popoverTarget={id}
      >
        <SmileIcon />
      </button>
      <div
        ref={popover}
        id={id}
        className="chat-emotes"
        popover="auto"
        role="dialog"
        aria-label="Emotes"
        onToggle={(event) => {
          const now = event.newState === 'open';
          setOpen(now);
          setWanted('');
          if (now) search.current?.focus();
        }}
      >
        <input
          ref={search}
          type="search"
          value={wanted}
          placeholder="Search emotes"
          aria-label="Search emotes"
          onChange={(event) => setWanted(event.target.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key !== 'Enter') return;
            event.preventDefault();
            if (first !== undefined) pick(first);
          }}
        />
        <div className="chat-emote-grid">
          {open &&
            found.map((emote) => (
              <button
                key={emote.name}
                type="button"
                aria-label={`:${emote.name}:`}
                onClick={() => pick(emote)}
              >
                <EmoteImage emote={emote} animations={settings.animations} />
              </button>
            ))}
          {found.length === 0 && <p className="chat-quiet">No emote is called that.</p>}
        </div>
      </div>
    </>
  );
}
