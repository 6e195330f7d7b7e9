import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnName, DEFAULT_TABLE_NAME, tableNameIn, type TableOptions } from '../storage/table-options';
import { migrationName } from './migration-name';

/** The second migration: what `refreshToken.retryUntilConfirmed` needs. No database rewrites the table for it. */
export function addConfirmedGeneration(table: TableOptions): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = migrationName('AddConfirmedGeneration', table, 1764000000000);

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(`ALTER TABLE ${tableIn(runner, table)} ADD COLUMN ${columnIn(runner, table)} integer NOT NULL DEFAULT 0`);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(`ALTER TABLE ${tableIn(runner, table)} DROP COLUMN ${columnIn(runner, table)}`);
    }
  };
}

function tableIn(runner: QueryRunner, { name = DEFAULT_TABLE_NAME }: TableOptions): string {
  const parts = tableNameIn(runner, name).split('.');
  return parts.map((part) => runner.connection.driver.escape(part)).join('.');
}

function columnIn({ connection: { driver } }: QueryRunner, table: TableOptions): string {
  return driver.escape(columnName(table, 'confirmedGeneration'));
}
