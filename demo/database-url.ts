import type { TypeOrmModuleOptions } from '@nestjs/typeorm';

const SCHEMES: Record<string, 'mysql' | 'mariadb' | 'postgres'> = {
  'mysql:': 'mysql',
  'mariadb:': 'mariadb',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/** How long SQLite itself waits for another process's lock; beyond it the module waits without blocking the event loop. */
const SQLITE_BUSY_MS = 50;

/** TypeORM's options for `sqlite:file`, `mysql://…`, `mariadb://…` or `postgres://…`. */
export function databaseFromUrl(url: string): TypeOrmModuleOptions {
  const file = sqliteFile(url);
  if (file) return { type: 'better-sqlite3', database: file, enableWAL: true, timeout: SQLITE_BUSY_MS };
  const type = SCHEMES[url.slice(0, url.indexOf(':') + 1)];
  if (!type) throw new Error('DATABASE_URL must look like sqlite:demo.sqlite, mysql://…, mariadb://… or postgres://…');
  return { type, url };
}

/** The file of a `sqlite:` URL, or null. */
export function sqliteFile(url: string): string | null {
  return /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1] ?? null;
}
