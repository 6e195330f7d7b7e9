import type { DataSource } from 'typeorm';

/** Whose SQL a database speaks: MariaDB speaks MySQL's. */
export type Dialect = 'mysql' | 'postgres' | 'sqlite';

/** TypeORM's name of each database that is supported. */
export const DIALECTS: Readonly<Record<string, Dialect>> = {
  mysql: 'mysql',
  mariadb: 'mysql',
  postgres: 'postgres',
  'better-sqlite3': 'sqlite',
};

export const dialectOf = ({ options }: DataSource): Dialect => DIALECTS[options.type]!;
