import type { Command } from '../house.ts';
import { cleanText } from '../message-text.ts';
import { authorOf } from '../person.ts';
import { Refusal } from '../refusal.ts';
import { demand, done, findTarget } from './moderating.ts';

const WHISPERS = { most: 20, windowMs: 60_000 };

/** One person to one other, on every page they have open. */
export const whisper: Command<'whisper'> = async (house, call) => {
  demand(call, 'report');
  const { wish, channel, person } = call;
  const text = cleanText(wish.text);
  const { user } = await findTarget(house, channel, wish.user);
  if (user.id === person.id) {
    throw new Refusal({ code: 'not_yourself', message: 'That is you.', status: 400 });
  }
  if (!(await house.whispers.mayWhisper(person.id, user.id))) {
    throw new Refusal({
      code: 'no_whispers',
      message: `${user.displayName} takes no whispers from people they have not written to.`,
    });
  }
  const taken = await house.limits.take(`whisper:${person.id}`, WHISPERS);
  if (!taken.granted) {
    throw new Refusal({
      code: 'too_many_whispers',
      message: `You whispered ${WHISPERS.most} times within a minute. Wait a moment.`,
      retryAfterMs: taken.retryAfterMs,
      status: 429,
    });
  }
  const kept = await house.whispers.keep({
    from: person.id,
    to: user.id,
    clientId: wish.id,
    text,
  });
  if (kept.repeated) return done(wish);
  house.bus.publish('chat:frame', {
    channel: null,
    to: { users: [user.id, person.id] },
    frame: {
      type: 'whisper',
      id: kept.id,
      at: kept.at,
      from: authorOf(person),
      to: { id: user.id, name: user.displayName },
      text,
    },
  });
  return done(wish);
};
