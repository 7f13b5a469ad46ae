import type { Call, Command, House } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Answer, Wish } from '../rules/rules.ts';
import { announce } from './announce.ts';
import { ban } from './ban.ts';
import { block } from './block.ts';
import { clear } from './clear.ts';
import { deleteMessage } from './delete.ts';
import { mode } from './mode.ts';
import { done, isRepeated } from './moderating.ts';
import { pin } from './pin.ts';
import { report } from './report.ts';
import { review } from './review.ts';
import { role } from './role.ts';
import { send } from './send.ts';
import { timeout } from './timeout.ts';
import { unban } from './unban.ts';
import { undo } from './undo.ts';
import { whisper } from './whisper.ts';

const COMMANDS: { [T in Wish['type']]: Command<T> } = {
  send: (house, call) => send(house, call, (other) => runCommand(house, other)),
  delete: deleteMessage,
  timeout,
  ban,
  unban,
  role,
  mode,
  pin,
  clear,
  announce,
  review,
  report,
  undo,
  whisper,
  block,
};

/** More than anybody clicks. What is said and whispered has limits of its own. */
const MOST_COMMANDS = { most: 60, windowMs: 30_000 };

/**
 * What was done stays done: a wish that comes again with its id is answered as the first time, also
 * when it could not be granted now.
 *
 * @throws Refusal with the sentence for its author
 */
export async function runCommand(house: House, call: Call): Promise<Answer | null> {
  // The table's type ties each command to its wish; the compiler cannot follow the look-up.
  const command = COMMANDS[call.wish.type] as (house: House, call: Call) => Promise<Answer | null>;
  if (call.wish.type === 'send' || call.wish.type === 'whisper') return command(house, call);
  await checkRate(house, call);
  try {
    return await command(house, call);
  } catch (error) {
    if (error instanceof Refusal && (await isRepeated(house, call))) return done(call.wish);
    throw error;
  }
}

async function checkRate(house: House, { person, wish }: Call): Promise<void> {
  const taken = await house.limits.take(`command:${person.id}`, MOST_COMMANDS, wish.id);
  if (taken.granted) return;
  throw new Refusal({
    code: 'too_many_commands',
    message: `That were more than ${MOST_COMMANDS.most} commands within 30 seconds. Wait a moment.`,
    retryAfterMs: taken.retryAfterMs,
    status: 429,
  });
}
