import type { EntitySchemaColumnOptions, EntitySchemaOptions, QueryRunner } from 'typeorm';
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

/** Columns that are called like their properties, whatever the host's naming strategy would call them: the migrations do. */
export function withOwnNames<Row>(columns: EntitySchemaOptions<Row>['columns']): EntitySchemaOptions<Row>['columns'] {
  const named = Object.entries<EntitySchemaColumnOptions | undefined>(columns).map(([property, column]) => [property, { ...column, name: property }]);
  return Object.fromEntries(named) as EntitySchemaOptions<Row>['columns'];
}

/** A table's name as the host's data source has it: with its `entityPrefix`, in its schema. */
export function tableNameIn({ connection }: QueryRunner, name: string): string {
  const { tableName, schema = (connection.driver as { schema?: string }).schema } = tableNameParts(name);
  const { entityPrefix } = connection.options;
  const prefixed = entityPrefix ? connection.namingStrategy.prefixTableName(entityPrefix, tableName) : tableName;
  return schema ? `${schema}.${prefixed}` : prefixed;
}

export function columnName({ columns = {} }: TableOptions, property: string): string {
  return columns[property as RefreshTokenColumn] ?? property;
}
