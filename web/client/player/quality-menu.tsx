import { useEffect, useId, useRef } from 'react';
import { GearIcon } from '../shell/icons.tsx';
import { AUTO_QUALITY, type PlayerEngine, type PlayerState, type Quality } from './engine/types.ts';

interface QualityMenuProps {
  engine: PlayerEngine | null;
  state: PlayerState;
}

type Menu = HTMLElement & { value: string };

export function QualityMenu({ engine, state }: QualityMenuProps) {
  const menu = useRef<HTMLElement>(null);
  const id = `quality${useId().replace(/\W/g, '')}`;
  const { selectedQuality, qualities } = state;

  useEffect(() => {
    const element = menu.current;
    if (element === null || engine === null) return;
    const choose = () => engine.selectQuality(Number((element as Menu).value));
    element.addEventListener('change', choose);
    return () => element.removeEventListener('change', choose);
  }, [engine]);

  // The menu ticks what was clicked; the tick belongs to what the engine really plays. Set before
  // the element is defined, the value would hide the property that it then has.
  useEffect(() => {
    void customElements.whenDefined('media-chrome-menu').then(() => {
      if (menu.current !== null && qualities.length > 0) {
        (menu.current as Menu).value = String(selectedQuality);
      }
    });
  });

  return (
    <>
      <media-chrome-menu-button
        invoketarget={id}
        aria-label="Quality"
        notooltip
        hidden={qualities.length < 2}
      >
        <GearIcon />
      </media-chrome-menu-button>
      <media-chrome-menu ref={menu} id={id} anchor="auto" hidden aria-label="Quality">
        {qualities.map((quality) => (
          <media-chrome-menu-item
            key={quality.id}
            type="radio"
            value={String(quality.id)}
            checked={quality.id === selectedQuality}
          >
            {labelOf(quality, state)}
          </media-chrome-menu-item>
        ))}
      </media-chrome-menu>
    </>
  );
}

function labelOf(quality: Quality, state: PlayerState): string {
  if (quality.id !== AUTO_QUALITY || state.selectedQuality !== AUTO_QUALITY) return quality.label;
  const active = state.qualities.find(
    (one) => one.id === state.activeQuality && one.id !== AUTO_QUALITY,
  );
  return active === undefined ? quality.label : `${quality.label} (${active.label})`;
}
