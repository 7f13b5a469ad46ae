import type { Selectable } from 'kysely';
import type { Accounts, User } from './accounts.ts';
import { type AccountStore, changeStanding } from './change-standing.ts';
import type { UserTable } from './db/schema.ts';
import { AppError } from './errors.ts';
import { canonicalName, NAME_PATTERN, RESERVED_NAMES } from './protocol/reserved-names.ts';

const USER_COLUMNS = ['id', 'name', 'display_name', 'color', 'created_at', 'admin'] as const;

type UserRow = Selectable<Pick<UserTable, (typeof USER_COLUMNS)[number]>>;

export type Users = Pick<
  Accounts,
  'create' | 'ensure' | 'userByName' | 'userById' | 'list' | 'setColor'
>;

/** People in the database. */
export function createDbUsers(store: AccountStore): Users {
  const { db } = store;
  const find = async (column: 'id' | 'name', value: string): Promise<User | null> => {
    const row = await db
      .selectFrom('users')
      .select(USER_COLUMNS)
      .where(column, '=', value)
      .executeTakeFirst();
    return row === undefined ? null : toUser(row);
  };

  return {
    async create(name, { admin = false } = {}) {
      const user = await insertUser(store, name, admin);
      if (user === null) throw userExists(canonicalName(name));
      return user;
    },

    async ensure(name) {
      const known = await find('name', canonicalName(name));
      if (known !== null) return { user: known, created: false };
      const made = await insertUser(store, name, false);
      if (made !== null) return { user: made, created: true };
      const other = await find('name', canonicalName(name));
      if (other === null) throw userExists(canonicalName(name));
      return { user: other, created: false };
    },

    userByName: (name) => find('name', canonicalName(name)),
    userById: (id) => find('id', id),

    async list() {
      const rows = await db.selectFrom('users').select(USER_COLUMNS).orderBy('name').execute();
      return rows.map(toUser);
    },

    setColor: (userId, color) =>
      changeStanding(store, { channel: null, userId }, async (transaction) => {
        await transaction.updateTable('users').set({ color }).where('id', '=', userId).execute();
      }),
  };
}

/** Null: there is somebody of this name. */
async function insertUser(
  { db, clock, newId }: AccountStore,
  name: string,
  admin: boolean,
): Promise<User | null> {
  const row = {
    id: newId(),
    name: checkName(name),
    display_name: name,
    color: null,
    created_at: clock.now(),
    admin: admin ? 1 : 0,
  };
  const inserted = await db
    .insertInto('users')
    .values({ ...row, tokens_valid_from: 0 })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted === undefined ? null : toUser(row);
}

function checkName(name: string): string {
  const canonical = canonicalName(name);
  if (!NAME_PATTERN.test(canonical))
    throw new AppError({
      code: 'user_name_invalid',
      status: 400,
      message: `${JSON.stringify(name).slice(0, 60)} cannot be somebody's name. Use 3 to 25 letters, digits or underscores.`,
    });
  if (RESERVED_NAMES.has(canonical))
    throw new AppError({
      code: 'user_name_reserved',
      status: 400,
      message: `The name ${canonical} is kept for the product itself. Choose another name.`,
    });
  return canonical;
}

const userExists = (name: string) =>
  new AppError({
    code: 'user_exists',
    status: 409,
    message: `There is a user ${name} already. Choose another name.`,
  });

const toUser = (row: UserRow): User => ({
  id: row.id,
  name: row.name,
  displayName: row.display_name,
  color: row.color,
  createdAt: Number(row.created_at),
  admin: Number(row.admin) === 1,
});
