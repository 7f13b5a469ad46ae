import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { AppError, messageOf } from '../errors.ts';
import { channelsMigration } from './migrations/0001-channels.ts';
import { accountsMigration } from './migrations/0002-accounts.ts';
import { chatRulesMigration } from './migrations/0003-chat-rules.ts';
import { chatLogMigration } from './migrations/0004-chat-log.ts';
import { chatHeldAnswersMigration } from './migrations/0005-chat-held-answers.ts';
import type { Tables } from './schema.ts';
import { openSqlite } from './sqlite.ts';

export { DATABASE_FILE } from './sqlite.ts';

export type Database = Kysely<Tables>;

const MIGRATIONS = {
  '0001-channels': channelsMigration,
  '0002-accounts': accountsMigration,
  '0003-chat-rules': chatRulesMigration,
  '0004-chat-log': chatLogMigration,
  '0005-chat-held-answers': chatHeldAnswersMigration,
};

/**
 * Opens the Postgres database that `databaseUrl` names, or without it DATA_DIR/footlight.db,
 * brought up to the newest schema. Several processes may hold it open (servers and ctl). Close it
 * with `destroy()`.
 *
 * @throws AppError `database_unusable`
 */
export async function openDatabase(
  dataDir: string,
  databaseUrl: string | null = null,
): Promise<Database> {
  if (databaseUrl === null) return openSqlite(dataDir, migrate);
  // Read when it is used: on one machine nobody waits for the driver.
  const { openPostgres } = await import('./postgres.ts');
  return openPostgres(databaseUrl, migrate);
}

/** Two processes never do it at the same time: the openers see to that. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const unknown = /previously executed migration (\S+) is missing/.exec(messageOf(error))?.[1];
  if (unknown === undefined) throw error;
  throw new AppError({
    code: 'database_unusable',
    message: `The database was brought up to date by a newer version of Footlight (it has ${unknown}), which this one cannot read. Update this one, or go back to a backup from before.`,
    cause: error,
  });
}
