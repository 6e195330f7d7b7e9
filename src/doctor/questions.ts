import type { DataSource, EntityMetadata } from 'typeorm';
import type { Dialect } from '../storage/dialect';
import type { Settings } from './setting-rules';

// What a database can be asked about itself, in each dialect. Nothing here is on the path of a request.

/** A name and a value in each row, whatever the columns are called. Servers tell all they have: the rules know which matter. */
const SETTINGS: Record<Dialect, string> = {
  mysql: 'SHOW VARIABLES',
  postgres: 'SELECT name, setting FROM pg_settings',
  sqlite: `SELECT 'journal_mode', journal_mode FROM pragma_journal_mode UNION ALL SELECT 'synchronous', synchronous FROM pragma_synchronous`,
};

/** Milliseconds since 1970. SQLite's clock is the machine's own. */
const TIME: Record<Dialect, string | null> = {
  mysql: `SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) / 1000 AS now`,
  postgres: 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now',
  sqlite: null,
};

/** The columns of a table whose texts are not compared byte by byte: name and collation. */
const COLLATIONS: Record<Dialect, string> = {
  mysql: `SELECT column_name, collation_name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = ? AND collation_name NOT LIKE '%bin'`,
  postgres: `SELECT attname, coalesce(collname, 'citext') FROM pg_attribute LEFT JOIN pg_collation ON pg_collation.oid = attcollation AND NOT collisdeterministic
    WHERE attrelid = to_regclass($1) AND NOT attisdropped AND (collname IS NOT NULL OR atttypid = to_regtype('citext'))`,
  // SQLite tells the collation of a column only in the text that made the table.
  sqlite: `SELECT 'a column', 'NOCASE or RTRIM' FROM sqlite_master WHERE type = 'table' AND name = ? AND (upper(sql) LIKE '%COLLATE%NOCASE%' OR upper(sql) LIKE '%COLLATE%RTRIM%')`,
};

type Row = Record<string, unknown>;

const pairsOf = (rows: Row[]) => rows.map((row) => Object.values(row).map(String) as [string, string]);

/** What the rules look at. */
export async function settingsOf(dataSource: DataSource, dialect: Dialect): Promise<Settings> {
  return Object.fromEntries(pairsOf(await dataSource.query<Row[]>(SETTINGS[dialect])));
}

/** Milliseconds since 1970 by the database's clock; null where it has none of its own. */
export async function timeOf(dataSource: DataSource, dialect: Dialect): Promise<number | null> {
  const question = TIME[dialect];
  return question ? Number((await dataSource.query<[{ now: string }]>(question))[0].now) : null;
}

/** Columns whose texts are not compared byte by byte, each with its collation. */
export async function looseCollations(dataSource: DataSource, dialect: Dialect, { tableName, tablePath }: EntityMetadata): Promise<string[]> {
  const escaped = tablePath.split('.').map((part) => dataSource.driver.escape(part));
  const name = dialect === 'postgres' ? escaped.join('.') : tableName;
  const rows = await dataSource.query<Row[]>(COLLATIONS[dialect], [name]);
  return pairsOf(rows).map(([column, collation]) => `${column} is ${collation}`);
}
