import { useState } from 'react';
import type { ModeChange, Modes } from '../../../../platform/protocol/chat/modes.ts';
import { usePanel } from './panel-context.ts';
import { Switch } from './settings-sheet.tsx';
import { useChat } from './use-chat.ts';
import { duration } from './words.ts';

const SLOW = [3, 5, 10, 30, 60, 120, 300];
const DELAYS = [2, 4, 6, 10];
/** Minutes. */
const FOLLOWED = [0, 10, 30, 60, 1_440, 10_080, 43_200];

const TOGGLES: [mode: 'emoteOnly' | 'unique' | 'membersOnly' | 'shield', string, string][] = [
  ['emoteOnly', 'Emotes only', 'Only emotes and emoji'],
  ['unique', 'Unique chat', 'No message twice within a while'],
  ['membersOnly', 'VIPs only', 'Only VIPs and moderators write'],
  ['shield', 'Shield mode', 'Everything strict at once, against a raid'],
];

/** How chat is held. A switch moves when the server says so. */
export function ModeSwitches() {
  const { client, wish } = usePanel();
  const modes = useChat(client, (state) => state.modes);
  const [busy, setBusy] = useState(false);
  const set = async (change: ModeChange) => {
    setBusy(true);
    await wish({ type: 'mode', ...change }, 'Changed.');
    setBusy(false);
  };
  return (
    <>
      <NumberMode
        label="Slow mode"
        help="Time between two messages of one person"
        value={modes.slow === 0 ? null : modes.slow}
        choices={choicesOf(SLOW, modes.slow, duration)}
        preset={30}
        {...{ busy }}
        onChange={(slow) => void set({ slow: slow ?? 0 })}
      />
      <NumberMode
        label="Followers only"
        help="How long somebody must have followed"
        value={modes.followersOnly}
        choices={choicesOf(FOLLOWED, modes.followersOnly ?? 0, (value) =>
          value === 0 ? 'Any follower' : duration(value * 60),
        )}
        preset={0}
        {...{ busy }}
        onChange={(followersOnly) => void set({ followersOnly })}
      />
      <NumberMode
        label="Delay"
        help="Moderators see messages first"
        value={modes.delay === 0 ? null : modes.delay}
        choices={choicesOf(DELAYS, modes.delay, duration)}
        preset={4}
        {...{ busy }}
        onChange={(delay) => void set({ delay: delay ?? 0 })}
      />
      <Toggles modes={modes} busy={busy} set={(change) => void set(change)} />
    </>
  );
}

function Toggles(props: { modes: Modes; busy: boolean; set: (change: ModeChange) => void }) {
  return TOGGLES.map(([mode, label, help]) => (
    <Switch
      key={mode}
      label={label}
      help={help}
      on={props.modes[mode]}
      busy={props.busy}
      onChange={(on) => props.set({ [mode]: on })}
    />
  ));
}

/** With the value that somebody typed, if it is none of the usual ones. */
const choicesOf = (usual: number[], value: number, words: (value: number) => string) =>
  [...new Set([...usual, ...(value > 0 ? [value] : [])])]
    .toSorted((a, b) => a - b)
    .map((one) => ({ value: one, words: words(one) }));

function NumberMode(props: {
  label: string;
  help: string;
  value: number | null;
  choices: { value: number; words: string }[];
  preset: number;
  busy: boolean;
  onChange: (value: number | null) => void;
}) {
  const { label, value, choices, preset, onChange } = props;
  return (
    <div className="chat-number-mode">
      <Switch
        label={label}
        help={props.help}
        on={value !== null}
        busy={props.busy}
        onChange={(on) => onChange(on ? preset : null)}
      />
      {value !== null && (
        <select
          className="chat-field"
          aria-label={`${label}: how much`}
          value={value}
          onChange={(event) => onChange(Number(event.target.value))}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.words}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
