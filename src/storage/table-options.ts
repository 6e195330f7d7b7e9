import type { RefreshTokenColumn } from '../sessions/refresh-token.entity';

/**
 * Names of the module's tables and columns. Give the same object to `jwtRefreshEntities()` and `jwtRefreshMigrations()`.
 * Two sets of tables in one database need two names for each table.
 */
export interface TableOptions {
  /** The table of token families; on PostgreSQL with its schema, if it has one: `'auth.refresh_tokens'`. @default 'refresh_tokens' */
  name?: string;
  /** The audit log's table. @default 'refresh_token_events' */
  eventsName?: string;
  /** The table of hourly counts that the dashboard draws. @default 'refresh_token_stats' */
  statsName?: string;
  /** Column names by property of {@link RefreshToken}. @default the property's name */
  columns?: Partial<Record<RefreshTokenColumn, string>>;
}

/** TypeORM has no type for bytes that all databases know. It passes on whatever stands in this one; the migration makes it bytes. */
export const BYTES = 'varchar';

export const DEFAULT_TABLE_NAME = 'refresh_tokens';
export const DEFAULT_EVENTS_TABLE_NAME = 'refresh_token_events';
export const DEFAULT_STATS_TABLE_NAME = 'refresh_token_stats';

/** A table's name as an `EntitySchema` wants it. */
export function tableNameParts(name: string): { schema?: string; tableName: string } {
  const [tableName = name, schema] = name.split('.').reverse();
  return { schema, tableName };
}

export function columnName({ columns = {} }: TableOptions, property: string): string {
  return columns[property as RefreshTokenColumn] ?? property;
}
