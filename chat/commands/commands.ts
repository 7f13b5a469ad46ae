import type { Call, Command, House } from '../house.ts';
import type { Answer, Wish } from '../rules.ts';
import { announce } from './announce.ts';
import { ban } from './ban.ts';
import { block } from './block.ts';
import { clear } from './clear.ts';
import { deleteMessage } from './delete.ts';
import { mode } from './mode.ts';
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

/** @throws Refusal with the sentence for its author */
export function runCommand(house: House, call: Call): Promise<Answer | null> {
  // The table's type ties each command to its wish; the compiler cannot follow the look-up.
  const command = COMMANDS[call.wish.type] as (house: House, call: Call) => Promise<Answer | null>;
  return command(house, call);
}
