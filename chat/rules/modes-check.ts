import type { Channel } from '../../platform/channels.ts';
import type { Modes } from '../../platform/protocol/chat/modes.ts';
import { fold } from './filters.ts';
import type { Call, House } from './house.ts';
import { may } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { stableId } from './stable-id.ts';
import type { Uses } from './uses.ts';

const SHIELD_SLOW_S = 10;
const SHIELD_FOLLOWED_MIN = 10;
/** No message of one person twice within this. */
const UNIQUE_WITHIN_MS = 600_000;

/** The shield is every mode at its strictest, whatever each of them says. */
function effective(modes: Modes): Modes {
  if (!modes.shield) return modes;
  return {
    ...modes,
    slow: Math.max(modes.slow, SHIELD_SLOW_S),
    followersOnly: Math.max(modes.followersOnly ?? 0, SHIELD_FOLLOWED_MIN),
    unique: true,
  };
}

/**
 * Whether the channel's modes let this message pass.
 *
 * @throws Refusal `members_only`, `followers_only`, `emote_only`, `slow_mode`, `not_unique`
 */
export async function checkModes(
  house: House,
  { channel, person }: Pick<Call, 'channel' | 'person'>,
  message: { text: string; modes: Modes; uses: Uses },
): Promise<void> {
  if (may(person.roles, 'write_past_modes')) return;
  const modes = effective(message.modes);
  if (modes.membersOnly) {
    throw new Refusal({
      code: 'members_only',
      message: 'Only VIPs and moderators write here just now.',
    });
  }
  if (modes.followersOnly !== null) {
    const standing = await house.standings.of(channel, person.id);
    checkFollowed(house.clock.now(), standing?.followedAt ?? null, modes.followersOnly);
  }
  if (modes.emoteOnly && !(await isEmotesOnly(house, channel, message.text))) {
    throw new Refusal({
      code: 'emote_only',
      message: 'Only emotes just now: :names: of emotes, or emoji.',
    });
  }
  const { uses } = message;
  const mine = `${channel.id}:${person.id}`;
  if (modes.slow > 0) await checkSlow(uses, `slow:${mine}`, modes.slow);
  if (modes.unique) await checkUnique(uses, `unique:${mine}:${stableId(fold(message.text))}`);
}

function checkFollowed(now: number, followedAt: number | null, minutes: number): void {
  if (followedAt === null) {
    throw new Refusal({
      code: 'followers_only',
      message: `Only followers${minutes > 0 ? ` of at least ${minutes} minutes` : ''} write here just now. Follow the channel to join in.`,
    });
  }
  const waitMs = followedAt + minutes * 60_000 - now;
  if (waitMs > 0) {
    throw new Refusal({
      code: 'followers_only',
      message: `Only those who have followed for ${minutes} minutes write here just now. Yours are over in ${Math.ceil(waitMs / 60_000)}.`,
      retryAfterMs: waitMs,
    });
  }
}

const EMOTE = /:([a-z0-9_]{2,32}):/gi;

/** Emoji, and names of emotes that there are. */
async function isEmotesOnly(house: House, channel: Channel, text: string): Promise<boolean> {
  const names = [...text.matchAll(EMOTE)].map(([, name = '']) => name.toLowerCase());
  if (!/^(?:\s|\p{RGI_Emoji})*$/v.test(text.replace(EMOTE, ' '))) return false;
  if (names.length === 0) return true;
  const known = await house.emotes.names(channel.id);
  return names.every((name) => known.has(name));
}

async function checkUnique(uses: Uses, key: string): Promise<void> {
  const taken = await uses.take(key, { most: 1, windowMs: UNIQUE_WITHIN_MS });
  if (taken.granted) return;
  throw new Refusal({
    code: 'not_unique',
    message: 'You said that a moment ago. Say something else.',
    retryAfterMs: taken.retryAfterMs,
  });
}

async function checkSlow(uses: Uses, key: string, seconds: number): Promise<void> {
  const taken = await uses.take(key, { most: 1, windowMs: seconds * 1000 });
  if (taken.granted) return;
  throw new Refusal({
    code: 'slow_mode',
    message: `Slow mode: one message in ${seconds} seconds. Wait another ${Math.ceil(taken.retryAfterMs / 1000)}.`,
    retryAfterMs: taken.retryAfterMs,
    status: 429,
  });
}
