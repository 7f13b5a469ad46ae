import { TimeoutIcon } from './icons.tsx';
import { usePanel } from './panel-context.ts';
import { PopoverMenu } from './popover-menu.tsx';
import { duration } from './words.ts';

const LENGTHS = [30, 60, 600, 3_600, 86_400, 604_800];

/** Silences somebody for one of the usual lengths. */
export function TimeoutMenu({
  name,
  className,
  text = null,
}: {
  name: string;
  className: string;
  /** Beside the icon; null: the icon alone. */
  text?: string | null;
}) {
  const { wish } = usePanel();
  return (
    <PopoverMenu
      label={`Time out ${name}`}
      className={className}
      button={
        <>
          <TimeoutIcon />
          {text}
        </>
      }
      items={LENGTHS.map((seconds) => ({
        label: duration(seconds),
        choose: () =>
          void wish(
            { type: 'timeout', user: name, seconds },
            `${name} is silent for ${duration(seconds)}.`,
          ),
      }))}
    />
  );
}
