import {
  type Accounts,
  CHANNEL_ROLES,
  type ChannelRole,
  type ChannelStanding,
} from './accounts.ts';
import { type AccountStore, changeStanding } from './change-standing.ts';
import type { Database } from './db/database.ts';
import { createDbUsers, type Users } from './users-db.ts';

const NO_STANDING: ChannelStanding = { role: null, followedAt: null, color: null };

/** Accounts in the database, the same queries on SQLite and Postgres. */
export const createDbAccounts = (store: AccountStore): Accounts => ({
  ...createDbUsers(store),
  ...createStanding(store),
});

function createStanding(store: AccountStore): Omit<Accounts, keyof Users> {
  const { db } = store;
  return {
    async rolesIn(channelId, userId) {
      const row = await selectStanding(db, channelId, userId);
      if (row === undefined) return NO_STANDING;
      return {
        role: toRole(row.role),
        followedAt: row.followed_at === null ? null : Number(row.followed_at),
        color: row.color,
      };
    },

    setRole: (channel, userId, role) =>
      changeStanding(store, { channel: channel.name, userId }, (transaction) =>
        writeRole(transaction, { channelId: channel.id, userId, role }),
      ),

    async listRoles(channelId) {
      const rows = await db
        .selectFrom('channel_roles')
        .innerJoin('users', 'users.id', 'channel_roles.user_id')
        .select(['users.id', 'users.name', 'users.display_name', 'channel_roles.role'])
        .where('channel_roles.channel_id', '=', channelId)
        .orderBy('users.name')
        .execute();
      return CHANNEL_ROLES.flatMap((role) =>
        rows
          .filter((row) => row.role === role)
          .map((row) => ({
            userId: row.id,
            name: row.name,
            displayName: row.display_name,
            role,
          })),
      );
    },

    follow: (channel, userId) =>
      changeStanding(store, { channel: channel.name, userId }, async (transaction) => {
        await transaction
          .insertInto('follows')
          .values({ channel_id: channel.id, user_id: userId, followed_at: store.clock.now() })
          .onConflict((conflict) => conflict.columns(['channel_id', 'user_id']).doNothing())
          .execute();
      }),

    unfollow: (channel, userId) =>
      changeStanding(store, { channel: channel.name, userId }, async (transaction) => {
        await transaction
          .deleteFrom('follows')
          .where('channel_id', '=', channel.id)
          .where('user_id', '=', userId)
          .execute();
      }),

    async countFollowers(channelId) {
      const { followers } = await db
        .selectFrom('follows')
        .select(({ fn }) => fn.countAll().as('followers'))
        .where('channel_id', '=', channelId)
        .executeTakeFirstOrThrow();
      return Number(followers);
    },
  };
}

const selectStanding = (db: Database, channelId: string, userId: string) =>
  db
    .selectFrom('users')
    .leftJoin('channel_roles', (join) =>
      join
        .onRef('channel_roles.user_id', '=', 'users.id')
        .on('channel_roles.channel_id', '=', channelId),
    )
    .leftJoin('follows', (join) =>
      join.onRef('follows.user_id', '=', 'users.id').on('follows.channel_id', '=', channelId),
    )
    .select(['channel_roles.role', 'follows.followed_at', 'users.color'])
    .where('users.id', '=', userId)
    .executeTakeFirst();

async function writeRole(
  db: Database,
  { channelId, userId, role }: { channelId: string; userId: string; role: ChannelRole | null },
): Promise<void> {
  if (role === null) {
    await db
      .deleteFrom('channel_roles')
      .where('channel_id', '=', channelId)
      .where('user_id', '=', userId)
      .execute();
    return;
  }
  await db
    .insertInto('channel_roles')
    .values({ channel_id: channelId, user_id: userId, role })
    .onConflict((conflict) => conflict.columns(['channel_id', 'user_id']).doUpdateSet({ role }))
    .execute();
}

const toRole = (role: string | null): ChannelRole | null =>
  CHANNEL_ROLES.find((one) => one === role) ?? null;
