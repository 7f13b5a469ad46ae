import type { ChannelSettings } from '../rules/channel-settings.ts';
import { type Held, heldBy, STRICT_FILTERS } from '../rules/filters.ts';
import type { Call, House, WishOf } from '../rules/house.ts';
import { cleanText } from '../rules/message-text.ts';
import { checkModes } from '../rules/modes-check.ts';
import { may } from '../rules/permissions.ts';
import { authorOf } from '../rules/person.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Answer } from '../rules/rules.ts';
import { timedOut } from '../rules/sanction-refusals.ts';
import { stableId } from '../rules/stable-id.ts';
import { Uses } from '../rules/uses.ts';
import { publishMessage } from './publish-message.ts';

type SendCall = Call<WishOf<'send'>>;

/** 20 messages in 30 s, moderators 100. */
const WINDOW_MS = 30_000;
const MOST = { usual: 20, moderating: 100 };
const REPETITION_WITHIN_MS = 300_000;

/**
 * Sent again with the same id by the same person it is the same message, also when the rules would
 * not let a new one pass now.
 */
export async function say(
  house: House,
  call: SendCall,
  said: { text: string; isMe: boolean },
): Promise<Answer> {
  const uses = new Uses(house.limits, call.wish.id);
  try {
    return await pass(house, { call, said, uses });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const before = await sentBefore(house, call);
    if (before !== null) return before;
    await uses.giveBack();
    throw error;
  }
}

async function pass(
  house: House,
  { call, said, uses }: { call: SendCall; said: { text: string; isMe: boolean }; uses: Uses },
): Promise<Answer> {
  const { channel, person, wish } = call;
  const text = cleanText(said.text);
  await checkSilence(house, call);
  await checkRate(house, call);
  const settings = await house.settings.of(channel.id);
  await checkModes(house, call, { text, modes: settings.modes, uses });
  const held = await whyHeld(house, call, { text, settings });
  if (held !== null) return hold(house, call, { text, held });
  const published = await publishMessage(house, channel, {
    author: authorOf(person),
    clientId: wish.id,
    text,
    replyTo: wish.replyTo ?? null,
    kind: said.isMe ? 'me' : undefined,
  });
  return { type: 'ack', id: wish.id, message: published.id, offset: published.offset };
}

async function sentBefore(
  house: House,
  { channel, person, wish }: SendCall,
): Promise<Answer | null> {
  const before = await house.broker.published(channel.name, person.id, wish.id);
  if (before === null) return null;
  return { type: 'ack', id: wish.id, message: before.id, offset: before.offset };
}

/** The standing says until when; the clock decides. */
async function checkSilence(house: House, { channel, person }: SendCall): Promise<void> {
  const sanction = (await house.standings.of(channel, person.id))?.sanction ?? null;
  if (sanction === null || sanction.until === null) return;
  const leftMs = sanction.until - house.clock.now();
  if (leftMs > 0) throw timedOut(sanction, leftMs);
}

/** Attempts count, so that nobody tries without end what is refused. */
async function checkRate(house: House, { channel, person, wish }: SendCall): Promise<void> {
  const most = may(person.roles, 'write_fast') ? MOST.moderating : MOST.usual;
  const key = `send:${channel.id}:${person.id}`;
  const taken = await house.limits.take(key, { most, windowMs: WINDOW_MS }, wish.id);
  if (taken.granted) return;
  throw new Refusal({
    code: 'too_many_messages',
    message: `You sent ${most} messages within 30 seconds. Wait ${Math.ceil(taken.retryAfterMs / 1000)} seconds.`,
    retryAfterMs: taken.retryAfterMs,
    status: 429,
  });
}

async function whyHeld(
  house: House,
  { channel, person }: SendCall,
  { text, settings }: { text: string; settings: ChannelSettings },
): Promise<Held | null> {
  if (may(person.roles, 'write_unmoderated')) return null;
  const filters = settings.modes.shield ? STRICT_FILTERS : settings.filters;
  const mayLink =
    filters.links === 'everyone' ||
    may(person.roles, 'write_past_modes') ||
    (filters.links === 'followers' && person.roles.includes('follower'));
  const [last] = filters.repetition
    ? await house.messages.byAuthor(channel.name, person.id, 1)
    : [];
  const isRecent = last !== undefined && house.clock.now() - last.at < REPETITION_WITHIN_MS;
  return heldBy(
    text,
    { filters, terms: settings.terms },
    { mayLink, lastText: isRecent ? last.text : null },
  );
}

async function hold(
  house: House,
  call: SendCall,
  { text, held }: { text: string; held: Held },
): Promise<Answer> {
  const { channel, person, wish } = call;
  const shown = await sentBefore(house, call);
  if (shown !== null) return shown;
  const state = await house.held.add(channel, {
    id: stableId('held', channel.id, person.id, wish.id),
    author: authorOf(person),
    text,
    replyTo: wish.replyTo ?? null,
    messageId: null,
    clientId: wish.id,
    ...held,
  });
  if (state === 'waiting') {
    const reason = `A moderator looks at your message before it is shown. ${held.reason}`;
    return { type: 'held', id: wish.id, reason };
  }
  throw new Refusal({
    code: 'held_denied',
    message: 'A moderator decided not to show your message.',
  });
}
