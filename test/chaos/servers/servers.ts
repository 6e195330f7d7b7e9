import type { DatabaseName, DatabaseUnderTest } from './database-server';
import { startMariadb } from './mariadb';
import { startMysql } from './mysql';
import { startPostgres } from './postgres';
import { openSqlite } from './sqlite';

export const DATABASES: Record<DatabaseName, () => Promise<DatabaseUnderTest>> = {
  mysql: startMysql,
  mariadb: () => startMariadb(),
  postgres: startPostgres,
  sqlite: openSqlite,
};
