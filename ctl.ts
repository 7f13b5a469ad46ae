import { Command, CommanderError } from 'commander';
import type { Channel, Channels } from './platform/channels.ts';
import { createDbChannels } from './platform/channels-db.ts';
import { randomId, systemClock } from './platform/clock.ts';
import { loadConfig, readEnvironment } from './platform/config.ts';
import { openDatabase } from './platform/db/database.ts';
import { AppError } from './platform/errors.ts';

interface Output {
  /** One line of JSON, with `--json`. */
  json: unknown;
  /** The same for people. */
  text: string;
}

async function withChannels(use: (channels: Channels) => Promise<Output>): Promise<Output> {
  const config = loadConfig(readEnvironment(process.cwd()));
  const db = await openDatabase(config.dataDir);
  try {
    return await use(createDbChannels({ db, clock: systemClock, newId: randomId }));
  } finally {
    await db.destroy();
  }
}

const createChannel = (name: string): Promise<Output> =>
  withChannels(async (channels) => {
    const { channel, streamKey } = await channels.create(name);
    return {
      json: { channel: channel.name, streamKey },
      text: `channel     ${channel.name}\nstream key  ${streamKey}`,
    };
  });

const resetKey = (name: string): Promise<Output> =>
  withChannels(async (channels) => {
    const streamKey = await channels.resetKey(name);
    const channel = (await channels.byName(name))?.name ?? name;
    return {
      json: { channel, streamKey },
      text: `The encoder on the old key is closed.\nchannel     ${channel}\nstream key  ${streamKey}`,
    };
  });

const listChannels = (withKeys: boolean): Promise<Output> =>
  withChannels(async (channels) => {
    const rows = await Promise.all(
      (await channels.list()).map(async (channel) => ({
        channel: channel.name,
        title: channel.title,
        createdAt: channel.createdAt,
        lastLiveAt: channel.lastLiveAt,
        ...(withKeys && { streamKey: await channels.streamKeyOf(channel.name) }),
      })),
    );
    const text = rows.map((row) =>
      [row.channel.padEnd(25), lastLive(row), row.streamKey].join('  '),
    );
    return { json: { channels: rows }, text: text.join('\n') };
  });

const lastLive = ({ lastLiveAt }: Pick<Channel, 'lastLiveAt'>): string =>
  lastLiveAt === null ? 'never live              ' : new Date(lastLiveAt).toISOString();

function createProgram(print: (output: Output) => void): Command {
  const program = new Command('ctl')
    .description('Administers the Footlight of this DATA_DIR, whether its server runs or not.')
    .option('--json', 'print one line of JSON')
    .exitOverride();
  const channel = program.command('channel').description('channels and their stream keys');
  const add = (usage: string, description: string) =>
    channel
      .command(usage)
      .description(description)
      .option('--json', 'print one line of JSON')
      .exitOverride();
  add('create <name>', 'makes a channel and its stream key').action(async (name: string) =>
    print(await createChannel(name)),
  );
  add('list', 'lists the channels')
    .option('--keys', 'with their stream keys')
    .action(async ({ keys }: { keys?: true }) => print(await listChannels(keys === true)));
  add('reset-key <name>', 'makes a new stream key and closes the encoder on the old one').action(
    async (name: string) => print(await resetKey(name)),
  );
  return program;
}

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  const asJson = args.includes('--json');
  const print = ({ json, text }: Output) => {
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
