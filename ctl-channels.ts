import { madeUser, type Output, withStores } from './ctl-stores.ts';
import { CHANNEL_ROLES, type ChannelRole } from './platform/accounts.ts';
import type { Channel, Channels } from './platform/channels.ts';
import { AppError } from './platform/errors.ts';

export const createChannel = (name: string, owner: string | null): Promise<Output> =>
  withStores(async ({ channels, accounts }) => {
    // First, so that a name nobody can have leaves no channel without its owner.
    const person = owner === null ? null : await accounts.ensure(owner);
    const { channel, streamKey } = await channels.create(name);
    if (person !== null) await accounts.setRole(channel, person.user.id, 'broadcaster');
    const lines = [`channel     ${channel.name}`, `stream key  ${streamKey}`];
    if (person !== null) lines.push(`owner       ${person.user.name}`);
    return {
      json: { channel: channel.name, streamKey },
      text: lines.join('\n'),
      note: person === null ? null : madeUser(person),
    };
  });

export const resetKey = (name: string): Promise<Output> =>
  withStores(async ({ channels }) => {
    const streamKey = await channels.resetKey(name);
    const channel = (await channels.byName(name))?.name ?? name;
    return {
      json: { channel, streamKey },
      text: `The encoder on the old key is closed.\nchannel     ${channel}\nstream key  ${streamKey}`,
    };
  });

/** @param asked a role, or `none` to take it away */
export const changeRole = (name: string, userName: string, asked: string): Promise<Output> =>
  withStores(async ({ channels, accounts }) => {
    const role = roleNamed(asked);
    const channel = await existing(channels, name);
    const { user, created } =
      role === null
        ? { user: await accounts.userByName(userName), created: false }
        : await accounts.ensure(userName);
    if (user === null)
      throw new AppError({
        code: 'user_unknown',
        message: `There is no user ${userName}. \`npm run -s ctl -- user list\` names all of them.`,
      });
    await accounts.setRole(channel, user.id, role);
    const is = role === null ? `has no role in ${channel.name}` : `is ${role} of ${channel.name}`;
    return {
      json: { channel: channel.name, user: user.name, role: role ?? 'none' },
      text: `${user.name} ${is}.`,
      note: madeUser({ user, created }),
    };
  });

export const listChannels = (withKeys: boolean): Promise<Output> =>
  withStores(async ({ channels }) => {
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

function roleNamed(asked: string): ChannelRole | null {
  if (asked === 'none') return null;
  const role = CHANNEL_ROLES.find((one) => one === asked);
  if (role !== undefined) return role;
  throw new AppError({
    code: 'role_unknown',
    message: `There is no role ${JSON.stringify(asked).slice(0, 60)}. Use ${CHANNEL_ROLES.join(', ')} or none.`,
  });
}

async function existing(channels: Channels, name: string): Promise<Channel> {
  const channel = await channels.byName(name);
  if (channel !== null) return channel;
  throw new AppError({
    code: 'channel_unknown',
    message: `There is no channel ${name}. \`npm run -s ctl -- channel list\` names all of them.`,
  });
}
