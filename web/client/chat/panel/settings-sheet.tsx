import { useId } from 'react';
import { usePictureDelay } from '../../player/picture-delay.ts';
import { OwnSettings } from './own-settings.tsx';
import { usePanel } from './panel-context.ts';
import { FONT_SIZES, type FontSize } from './settings.ts';

const SIZE_NAMES: Record<FontSize, string> = {
  small: 'Small',
  medium: 'Medium',
  large: 'Large',
  huge: 'Huge',
};

/** How this browser shows the chat. */
export function SettingsSheet() {
  const { settings, change } = usePanel();
  const delay = usePictureDelay();
  return (
    <div className="chat-sheet-body">
      <Switch
        label="Timestamps"
        on={settings.timestamps}
        onChange={(timestamps) => change({ timestamps })}
      />
      <Switch
        label="Animated emotes"
        on={settings.animations}
        onChange={(animations) => change({ animations })}
      />
      <Switch
        label="Hold chat to the picture"
        help={
          delay === null
            ? 'Each message waits until your picture reaches the moment it was written. Works beside a playing stream.'
            : `Each message waits until your picture reaches the moment it was written: ${delay.toFixed(1)} s behind now.`
        }
        on={settings.withPicture}
        onChange={(withPicture) => change({ withPicture })}
      />
      <fieldset className="chat-choices">
        <legend>Text size</legend>
        {FONT_SIZES.map((size) => (
          <label key={size}>
            <input
              type="radio"
              name="chat-font-size"
              checked={settings.fontSize === size}
              onChange={() => change({ fontSize: size })}
            />
            <span>{SIZE_NAMES[size]}</span>
          </label>
        ))}
      </fieldset>
      <OwnSettings />
    </div>
  );
}

export function Switch(props: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  help?: string;
  busy?: boolean;
}) {
  const { label, on, onChange, help, busy = false } = props;
  const id = useId();
  return (
    <div className="chat-switch-line">
      <span className="chat-switch-words">
        <label htmlFor={id}>{label}</label>
        {help !== undefined && <small id={`${id}-help`}>{help}</small>}
      </span>
      <button
        id={id}
        type="button"
        className="chat-switch"
        role="switch"
        aria-checked={on}
        aria-busy={busy}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onClick={() => {
          if (!busy) onChange(!on);
        }}
      />
    </div>
  );
}
