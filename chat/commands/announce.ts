import type { Command } from '../rules/house.ts';
import { cleanText } from '../rules/message-text.ts';
import { authorOf } from '../rules/person.ts';
import { demand, done, recordAction } from './moderating.ts';
import { publishMessage } from './publish-message.ts';

/** A message that stands out. */
export const announce: Command<'announce'> = async (house, call) => {
  demand(call, 'announce');
  const { wish, channel, person } = call;
  const text = cleanText(wish.text);
  const clientId = wish.id === undefined ? null : `announce ${wish.id}`;
  await publishMessage(house, channel, {
    author: authorOf(person),
    clientId,
    text,
    replyTo: null,
    kind: 'announce',
  });
  const detail = { action: 'announce', text } as const;
  await recordAction(house, call, { target: null, reason: undefined, detail });
  return done(wish);
};
