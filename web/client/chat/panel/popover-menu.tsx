import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';

const GAP_PX = 6;

interface PopoverMenuProps {
  label: string;
  className: string;
  button: ReactNode;
  items: readonly { label: string; choose: () => void }[];
}

/** A menu on the platform's popover: Escape and a click elsewhere close it, arrows move in it. */
export function PopoverMenu({ label, className, button, items }: PopoverMenuProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const place = () => {
    const [by, box] = [opener.current?.getBoundingClientRect(), menu.current];
    if (by === undefined || box === null) return;
    const { offsetWidth: width, offsetHeight: height } = box;
    const below = by.bottom + GAP_PX + height < window.innerHeight;
    box.style.top = `${Math.max(GAP_PX, below ? by.bottom + GAP_PX : by.top - GAP_PX - height)}px`;
    box.style.left = `${Math.max(GAP_PX, Math.min(by.right - width, window.innerWidth - width - GAP_PX))}px`;
    box.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const step = steps[event.key];
    if (event.key === 'Tab') menu.current?.hidePopover();
    // The row of the message would take it for its own.
    event.stopPropagation();
    if (step === undefined) return;
    event.preventDefault();
    buttons.at(step % buttons.length)?.focus();
  };
  return (
    <>
      <button
        ref={opener}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        popoverTarget={id}
      >
        {button}
      </button>
      <div
        ref={menu}
        id={id}
        className="chat-menu"
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onKeyDown={onKeyDown}
        onToggle={(event) => {
          const now = event.newState === 'open';
          setOpen(now);
          if (now) place();
        }}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              menu.current?.hidePopover();
              item.choose();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}
