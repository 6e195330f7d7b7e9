import type { EntitySchema } from 'typeorm';
import { refreshTokenEventSchema } from '../audit/refresh-token-event.entity';
import { refreshTokenSchema } from '../sessions/refresh-token.entity';
import { eventCountSchema } from '../statistics/event-count.entity';
import type { TableOptions } from './table-options';

/**
 * The module's entities under names of the host's choice. Give the same names to `jwtRefreshMigrations()`.
 *
 * @example
 * ```ts
 * const table = { name: 'account_jwt_refresh_keys', columns: { subject: 'account_id', tokenHash: 'key' } };
 * TypeOrmModule.forRoot({ …, entities: jwtRefreshEntities(table), migrations: jwtRefreshMigrations(table) })
 * ```
 */
export function jwtRefreshEntities(table: TableOptions = {}): EntitySchema[] {
  return [refreshTokenSchema(table), refreshTokenEventSchema(table), eventCountSchema(table)] as EntitySchema[];
}

/** The module's entities, for the `entities` of `TypeOrmModule.forRoot()`. */
export const JWT_REFRESH_ENTITIES: readonly EntitySchema[] = jwtRefreshEntities();
