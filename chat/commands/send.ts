import { slashCommand, splitSlash } from '../../platform/protocol/chat/slash-commands.ts';
import type { ChannelSettings } from '../channel-settings.ts';
import { type Held, heldBy, STRICT_FILTERS } from '../filters.ts';
import type { Call, House, WishOf } from '../house.ts';
import { cleanText } from '../message-text.ts';
import { checkModes } from '../modes-check.ts';
import { may } from '../permissions.ts';
import { authorOf, type Person } from '../person.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, Wish } from '../rules.ts';
import { demand } from './moderating.ts';
import { approvedClientId, publishMessage } from './publish-message.ts';

type SendCall = Call<WishOf<'send'>>;

/** 20 messages in 30 s, moderators 100. */
const WINDOW_MS = 30_000;
const REPETITION_WITHIN_MS = 300_000;
const MOST = { usual: 20, moderating: 100 };

/**
 * Says something. Sent again with the same id by the same person it is the same message, also when
 * the rules would not let a new one pass now.
 */
export const send = async (
  house: House,
  call: SendCall,
  run: (call: Call) => Promise<Answer | null>,
): Promise<Answer | null> => {
  demand(call, 'write');
  const slash = splitSlash(call.wish.text);
  if (slash !== null && slash.name.toLowerCase() !== 'me') return runSlash(call, slash, run);
  try {
    return await say(house, call, slash?.rest ?? null);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { channel, person, wish } = call;
    const before = await house.broker.published(channel.name, person.id, wish.id);
    if (before === null) throw error;
    return { type: 'ack', id: wish.id, message: before.id, offset: before.offset };
  }
};

async function say(house: House, call: SendCall, me: string | null): Promise<Answer> {
  const { channel, person, wish } = call;
  const text = cleanText(me ?? wish.text.replace(/^\s*\/\//, '/'));
  await checkSilence(house, call);
  await checkRate(house, call);
  const settings = await house.settings.of(channel.id);
  await checkModes(house, call, { text, modes: settings.modes });
  const held = await whyHeld(house, call, { text, settings });
  if (held !== null) return hold(house, call, { text, ...held });
  const published = await publishMessage(house, channel, {
    author: authorOf(person),
    clientId: wish.id,
    text,
    replyTo: wish.replyTo ?? null,
    kind: me === null ? undefined : 'me',
  });
  return { type: 'ack', id: wish.id, message: published.id, offset: published.offset };
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

/** The standing says until when; the clock decides. */
async function checkSilence(house: House, { channel, person }: SendCall): Promise<void> {
  const sanction = (await house.standings.of(channel, person.id))?.sanction ?? null;
  if (sanction === null) return;
  const leftMs = sanction.until === null ? null : sanction.until - house.clock.now();
  if (leftMs !== null && leftMs <= 0) return;
  const why = sanction.reason === null ? '' : ` Reason: ${sanction.reason}.`;
  throw leftMs === null
    ? new Refusal({ code: 'banned', message: `You are banned in this channel.${why}` })
    : new Refusal({
        code: 'timed_out',
        message: `You are timed out for another ${Math.ceil(leftMs / 1000)} seconds.${why}`,
        retryAfterMs: leftMs,
      });
}

async function checkRate(house: House, { channel, person }: SendCall): Promise<void> {
  const most = may(person.roles, 'write_fast') ? MOST.moderating : MOST.usual;
  const key = `send:${channel.id}:${person.id}`;
  const taken = await house.limits.take(key, { most, windowMs: WINDOW_MS });
  if (taken.granted) return;
  throw new Refusal({
    code: 'too_many_messages',
    message: `You sent ${most} messages within 30 seconds. Wait ${Math.ceil(taken.retryAfterMs / 1000)} seconds.`,
    retryAfterMs: taken.retryAfterMs,
    status: 429,
  });
}

const heldId = (person: Person, wish: { id: string }): string => `${person.id}-${wish.id}`;
const heldClientId = (person: Person, wish: { id: string }): string =>
  approvedClientId(heldId(person, wish));

async function hold(
  house: House,
  { channel, person, wish }: SendCall,
  held: { text: string; rule: string; reason: string },
): Promise<Answer> {
  const shown = await house.broker.published(channel.name, person.id, heldClientId(person, wish));
  if (shown !== null) {
    return { type: 'ack', id: wish.id, message: shown.id, offset: shown.offset };
  }
  await house.held.add(channel, {
    id: heldId(person, wish),
    author: authorOf(person),
    text: held.text,
    replyTo: wish.replyTo ?? null,
    messageId: null,
    rule: held.rule,
    reason: held.reason,
  });
  const reason = `A moderator looks at your message before it is shown. ${held.reason}`;
  return { type: 'held', id: wish.id, reason };
}

async function runSlash(
  call: SendCall,
  slash: { name: string; rest: string },
  run: (call: Call) => Promise<Answer | null>,
): Promise<Answer | null> {
  const command = slashCommand(slash.name);
  if (command === undefined) {
    throw new Refusal({
      code: 'command_unknown',
      message: `There is no command /${slash.name}. Write // to begin a message with a slash.`,
      status: 400,
    });
  }
  const wish = command.parse(slash.rest);
  if (wish === null || wish.type === 'me') {
    throw new Refusal({
      code: 'command_invalid',
      message: `Write it as /${command.name} ${command.usage}`.trimEnd(),
      status: 400,
    });
  }
  return run({ ...call, wish: { ...wish, id: call.wish.id } as Wish });
}
