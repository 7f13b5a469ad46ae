import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { SqliteDatabase } from 'kysely';
import { sqliteFault } from './sqlite-fault.ts';

type Statement = ReturnType<SqliteDatabase['prepare']>;

/** Queries are few and written in the sources; those built with lists differ by the list's length. */
const MOST_STATEMENTS = 100;

/**
 * What Kysely's SQLite dialect asks of a driver, answered by Node's own SQLite. Statements are
 * prepared once: the dialect runs one at a time to its end.
 */
export function nodeSqlite(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, Statement>();
  return {
    close() {
      prepared.clear();
      database.close();
    },
    prepare(sql) {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      if (prepared.size >= MOST_STATEMENTS) prepared.clear();
      const statement = prepareOne(database, sql);
      prepared.set(sql, statement);
      return statement;
    },
  };
}

function prepareOne(database: DatabaseSync, sql: string): Statement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => told(() => statement.all(...parameters.map(toInput))),
    run: (parameters) => told(() => statement.run(...parameters.map(toInput))),
    iterate: (parameters) => statement.iterate(...parameters.map(toInput)),
  };
}

function told<T>(query: () => T): T {
  try {
    return query();
  } catch (error) {
    throw sqliteFault(error);
  }
}

function toInput(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint' || value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite takes no parameter of type ${typeof value}`);
}
