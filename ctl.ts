import { Command, CommanderError } from 'commander';
import { changeRole, createChannel, listChannels, resetKey } from './ctl-channels.ts';
import type { Output } from './ctl-stores.ts';
import { createToken, createUser, listUsers, revokeTokens } from './ctl-users.ts';
import { AppError } from './platform/errors.ts';

type Print = (output: Output) => void;

function createProgram(print: Print): Command {
  const program = new Command('ctl')
    .description(
      'Administers the Footlight of this DATA_DIR or DATABASE_URL, whether its server runs or not.',
    )
    .option('--json', 'print one line of JSON')
    .exitOverride();
  addChannelCommands(program, print);
  addUserCommands(program, print);
  return program;
}

/** Commands below a noun: `channel create`. */
function group(program: Command, noun: string, description: string) {
  const parent = program.command(noun).description(description);
  return (usage: string, purpose: string): Command =>
    parent
      .command(usage)
      .description(purpose)
      .option('--json', 'print one line of JSON')
      .exitOverride();
}

function addChannelCommands(program: Command, print: Print): void {
  const add = group(program, 'channel', 'channels, their stream keys and who is what in them');
  add('create <name>', 'makes a channel and its stream key')
    .option('--owner <user>', 'who becomes its broadcaster; made when there is no such user')
    .action(async (name: string, { owner }: { owner?: string }) =>
      print(await createChannel(name, owner ?? null)),
    );
  add('list', 'lists the channels')
    .option('--keys', 'with their stream keys')
    .action(async ({ keys }: { keys?: true }) => print(await listChannels(keys === true)));
  add('reset-key <name>', 'makes a new stream key and closes the encoder on the old one').action(
    async (name: string) => print(await resetKey(name)),
  );
  add(
    'role <name> <user> <role>',
    'makes somebody broadcaster, moderator, vip or none of these in a channel',
  ).action(async (name: string, user: string, role: string) =>
    print(await changeRole(name, user, role)),
  );
}

function addUserCommands(program: Command, print: Print): void {
  const addUser = group(program, 'user', 'people');
  addUser('create <name>', 'makes a user')
    .option('--admin', 'who administers the whole installation')
    .action(async (name: string, { admin }: { admin?: true }) =>
      print(await createUser(name, admin === true)),
    );
  addUser('list', 'lists the users').action(async () => print(await listUsers()));

  const addToken = group(program, 'token', 'tokens and sign-in links');
  addToken(
    'create',
    'makes a token and a sign-in link for a user, who is made when there is none of that name',
  )
    .requiredOption('--user <name>', 'whose it is')
    .option(
      '--minutes <number>',
      'how long the token, the link and its session last; otherwise a day, 15 minutes and 30 days',
    )
    .action(async ({ user, minutes }: { user: string; minutes?: string }) =>
      print(await createToken(user, minutes ?? null)),
    );
  addToken('revoke', 'ends every token and session of a user')
    .requiredOption('--user <name>', 'whose they are')
    .action(async ({ user }: { user: string }) => print(await revokeTokens(user)));
}

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  const asJson = args.includes('--json');
  const print = ({ json, text, note = null }: Output) => {
    if (note !== null) process.stderr.write(`${note}\n`);
    process.stdout.write(`${asJson ? JSON.stringify(json) : text}\n`);
  };
  try {
    await createProgram(print).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${error.message}\n`);
    if (asJson) print({ json: { code: error.code, message: error.message }, text: '' });
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
