import { clientSchemas } from '../../platform/protocol/chat/client-messages.ts';
import {
  type SlashCommand,
  slashCommand,
  splitSlash,
} from '../../platform/protocol/chat/slash-commands.ts';
import type { Call, House, WishOf } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Answer, Wish } from '../rules/rules.ts';
import { demand } from './moderating.ts';
import { say } from './say.ts';

/** Says something, or runs what is typed as a command. */
export const send = async (
  house: House,
  call: Call<WishOf<'send'>>,
  run: (call: Call) => Promise<Answer | null>,
): Promise<Answer | null> => {
  demand(call, 'write');
  const { text, id } = call.wish;
  const slash = splitSlash(text);
  if (slash === null) return say(house, call, { text: text.replace(/^\s*\/\//, '/'), isMe: false });
  if (slash.name.toLowerCase() === 'me') return say(house, call, { text: slash.rest, isMe: true });
  return run({ ...call, wish: readSlash(slash, id) });
};

/** @throws Refusal `command_unknown`, `command_invalid` */
function readSlash(slash: { name: string; rest: string }, id: string): Wish {
  const command = slashCommand(slash.name);
  if (command === undefined) {
    throw new Refusal({
      code: 'command_unknown',
      message: `There is no command /${slash.name.slice(0, 32)}. Write // to begin a message with a slash.`,
      status: 400,
    });
  }
  const wish = command.parse(slash.rest);
  if (wish === null || wish.type === 'me') throw invalid(command);
  const parsed = clientSchemas[wish.type].safeParse({ ...wish, id });
  if (!parsed.success) throw invalid(command);
  return parsed.data;
}

const invalid = ({ name, usage }: SlashCommand) =>
  new Refusal({
    code: 'command_invalid',
    message: `Write it as /${name} ${usage}`.trimEnd(),
    status: 400,
  });
