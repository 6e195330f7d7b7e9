import { JwtRefreshOptionsError } from '../errors';
import type { Database } from './database';
import { dialectOf } from './dialect';

export const hasNoBackslashEscapes = (sqlMode: string): boolean => /\bNO_BACKSLASH_ESCAPES\b/.test(sqlMode);

/**
 * mysql2 and TypeORM put values into statements themselves, with backslashes before quotes. A server that takes a backslash for a
 * letter would take what follows for SQL.
 *
 * @throws JwtRefreshOptionsError with what to do, or JwtRefreshError `temporarily_unavailable`
 */
export async function assertBackslashEscapes(database: Database): Promise<void> {
  if (dialectOf(database.dataSource) !== 'mysql') return;
  const { rows } = await database.run('SELECT @@SESSION.sql_mode AS sqlMode', []);
  if (!hasNoBackslashEscapes(String(rows[0]?.sqlMode))) return;
  throw new JwtRefreshOptionsError([
    'dataSource: its connections have the sql_mode NO_BACKSLASH_ESCAPES, with which mysql2 can not escape values; remove it from the server, or by SET SESSION on each connection',
  ]);
}
