import type { Modes } from '../platform/protocol/chat/modes.ts';
import { fold } from './filters.ts';
import type { Call, House } from './house.ts';
import { may } from './permissions.ts';
import { Refusal } from './refusal.ts';

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
 * @throws Refusal `members_only`, `followers_only`, `emote_only`, `not_unique`, `slow_mode`
 */
export async function checkModes(
  house: House,
  { channel, person }: Pick<Call, 'channel' | 'person'>,
  message: { text: string; modes: Modes },
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
  if (modes.emoteOnly && !isEmotesOnly(message.text)) {
    throw new Refusal({
      code: 'emote_only',
      message: 'Only emotes just now: :names: of emotes, or emoji.',
    });
  }
  if (modes.unique)
    await checkUnique(house, `unique:${channel.id}:${person.id}:${fold(message.text)}`);
  if (modes.slow > 0) await checkSlow(house, `slow:${channel.id}:${person.id}`, modes.slow);
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

const isEmotesOnly = (text: string): boolean =>
  /^(?:\s|:[a-z0-9_]{2,32}:|\p{RGI_Emoji})+$/iv.test(text);

async function checkUnique(house: House, key: string): Promise<void> {
  const taken = await house.limits.take(key, { most: 1, windowMs: UNIQUE_WITHIN_MS });
  if (taken.granted) return;
  throw new Refusal({
    code: 'not_unique',
    message: 'You said that a moment ago. Say something else.',
    retryAfterMs: taken.retryAfterMs,
  });
}

async function checkSlow(house: House, key: string, seconds: number): Promise<void> {
  const taken = await house.limits.take(key, { most: 1, windowMs: seconds * 1000 });
  if (taken.granted) return;
  throw new Refusal({
    code: 'slow_mode',
    message: `Slow mode: one message in ${seconds} seconds. Wait another ${Math.ceil(taken.retryAfterMs / 1000)}.`,
    retryAfterMs: taken.retryAfterMs,
    status: 429,
  });
}
