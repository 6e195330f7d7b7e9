import Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseUnderTest } from './database-server';
import { folderFor } from './server-process';

/** A SQLite file: whoever kills the app kills its database. */
export async function openSqlite(): Promise<DatabaseUnderTest> {
  const folder = folderFor('sqlite', {});
  const file = join(folder, 'chaos.sqlite');
  const query = async (sql: string) => withDatabase(file, (database) => runStatement(database, sql));
  return {
    url: `sqlite:${file}`,
    faults: null,
    rotation: 'UPDATE "refresh_tokens"',
    facts: async () => withDatabase(file, (database) => ({ version: version(database), durability: durability(database) })),
    query,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function withDatabase<T>(file: string, work: (database: Database.Database) => T): T {
  const database = new Database(file, { timeout: 5000 });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function runStatement(database: Database.Database, sql: string): Record<string, unknown>[] {
  const statement = database.prepare(sql);
  if (statement.reader) return statement.all() as Record<string, unknown>[];
  statement.run();
  return [];
}

const version = (database: Database.Database) => String(database.prepare('SELECT sqlite_version()').pluck().get());

/** `synchronous` is the driver's default, which the app has too. */
function durability(database: Database.Database): Record<string, string> {
  return Object.fromEntries(['journal_mode', 'synchronous'].map((name) => [name, String(database.pragma(name, { simple: true }))]));
}
