import { JwtRefreshOptionsError } from '../errors';
import type { Database } from './database';
import { dialectOf } from './dialect';

/** Whether a server takes a backslash for a letter. */
export const hasNoBackslashEscapes = (sqlMode: string): boolean => /\bNO_BACKSLASH_ESCAPES\b/.test(sqlMode);

/**
 * mysql2 and TypeORM put values into statements themselves, with backslashes before quotes. A server that takes a backslash for a
 * letter would take what follows for SQL. The primary is asked, and a replica if there is one.
 *
 * @throws JwtRefreshOptionsError with what to do, or JwtRefreshError `temporarily_unavailable`
 */
export async function assertBackslashEscapes(database: Database): Promise<void> {
  if (dialectOf(database.dataSource) !== 'mysql') return;
  for (const ask of [database.run, database.read]) {
    const { rows } = await ask('SELECT @@SESSION.sql_mode AS sqlMode', []);
    if (!hasNoBackslashEscapes(String(rows[0]?.sqlMode))) continue;
    throw new JwtRefreshOptionsError([
      'dataSource: the server has the sql_mode NO_BACKSLASH_ESCAPES, with which mysql2 can not escape values; remove it from the server',
    ]);
  }
}
