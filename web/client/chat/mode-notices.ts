import type { Modes } from '../../../platform/protocol/chat/modes.ts';

const seconds = (count: number): string => (count === 1 ? '1 second' : `${count} seconds`);
const minutes = (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`);

const SENTENCES: { [M in keyof Modes]: (value: Modes[M]) => string } = {
  slow: (value) =>
    value === 0 ? 'Slow mode is off.' : `Slow mode is on: one message every ${seconds(value)}.`,
  followersOnly(value) {
    if (value === null) return 'Everybody may write again.';
    return value === 0
      ? 'Only followers may write now.'
      : `Only those who have followed for ${minutes(value)} may write now.`;
  },
  emoteOnly: (isOn) => (isOn ? 'Only emotes may be sent now.' : 'Words may be sent again.'),
  unique: (isOn) =>
    isOn ? 'No message may be sent twice now.' : 'Messages may be repeated again.',
  membersOnly: (isOn) =>
    isOn ? 'Only VIPs and above may write now.' : 'Everybody may write again.',
  delay: (value) =>
    value === 0
      ? 'Messages show at once again.'
      : `Messages show ${seconds(value)} later now, so that moderators see them first.`,
  shield: (isOn) => (isOn ? 'Shield mode is on.' : 'Shield mode is off.'),
};

/** A sentence for each mode that is another one now. */
export function modeNotices(before: Modes, now: Modes): string[] {
  const sentence = <M extends keyof Modes>(mode: M): string[] =>
    before[mode] === now[mode] ? [] : [SENTENCES[mode](now[mode])];
  return (Object.keys(SENTENCES) as (keyof Modes)[]).flatMap((mode) => sentence(mode));
}
