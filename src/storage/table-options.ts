import type { RefreshTokenColumn } from '../sessions/refresh-token.entity';

/** Names of the module's tables and columns. Give the same object to `jwtRefreshEntities()` and `jwtRefreshMigrations()`. */
export interface TableOptions {
  /** The table of token families. @default 'refresh_tokens' */
  name?: string;
  /** The audit log's table. @default 'refresh_token_events' */
  eventsName?: string;
  /** Column names by property of {@link RefreshToken}. @default the property's name */
  columns?: Partial<Record<RefreshTokenColumn, string>>;
}

export const DEFAULT_TABLE_NAME = 'refresh_tokens';
export const DEFAULT_EVENTS_TABLE_NAME = 'refresh_token_events';

export function columnName({ columns = {} }: TableOptions, property: string): string {
  return columns[property as RefreshTokenColumn] ?? property;
}
