import type { MigrationInterface } from 'typeorm';
import type { TableOptions } from '../storage/table-options';
import { addConfirmedGeneration } from './add-confirmed-generation';
import { createRefreshTokens } from './create-refresh-tokens';

/** A migration as TypeORM takes it. */
export type MigrationClass = new () => MigrationInterface;

/** The module's migrations under names of the host's choice. Give the same names to `jwtRefreshEntities()`. */
export function jwtRefreshMigrations(table: TableOptions = {}): MigrationClass[] {
  return [createRefreshTokens(table), addConfirmedGeneration(table)];
}

/** The module's migrations, for the `migrations` of `TypeOrmModule.forRoot()`. */
export const JWT_REFRESH_MIGRATIONS: readonly MigrationClass[] = jwtRefreshMigrations();

export type { TableOptions } from '../storage/table-options';
