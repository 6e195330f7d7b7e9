// Databases of a bench's own, on SQLite and on each server that the environment names.
import Sqlite from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';

/** How to drop what is there: also a bench that is interrupted leaves nothing behind. */
const drops = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void Promise.allSettled([...drops].map((drop) => drop())).then(() => process.exit(1)));
}

/**
 * @param name `sqlite`, `mysql`, `mariadb` or `postgres`
 * @param keep the name of a database that stays, and is taken up again
 * @returns TypeORM's options for it, what server it is, and `drop()`; null when the environment names no such server
 */
export async function openPlace(name, keep) {
  const database = keep ?? `jwt_refresh_bench_${randomBytes(4).toString('hex')}`;
  const place = await (name === 'sqlite' ? sqliteFile(database, keep) : onServerNamed(name, database));
  if (!place || keep) return place && { ...place, drop: () => undefined };
  const drop = () => (drops.delete(drop) ? place.drop() : undefined);
  drops.add(drop);
  return { ...place, drop };
}

async function onServerNamed(name, database) {
  const variable = `TEST_${name.toUpperCase()}_URL`;
  const server = process.env[variable];
  if (!server) return void console.error(`${name} is left out: ${variable} is not set`);
  const url = new URL(server);
  url.pathname = `/${database}`;
  await onServer(name, server, `CREATE DATABASE ${database}`).catch(() => undefined);
  const drop = () => onServer(name, server, `DROP DATABASE ${database}${name === 'postgres' ? ' WITH (FORCE)' : ''}`);
  return { options: { type: name, url: url.href }, server: await describeServer(name, server), drop };
}

/** Runs `work(place)` for each database that can be had, and drops it. Yields what `work` returned. */
export async function* onDatabases(names, work) {
  for (const name of names.split(',')) {
    const place = await openPlace(name);
    if (!place) continue;
    try {
      yield { database: name, server: place.server, ...(await work(place)) };
    } finally {
      await place.drop();
    }
  }
}

function sqliteFile(database, keep) {
  const folder = keep ? join(tmpdir(), database) : mkdtempSync(join(tmpdir(), database));
  mkdirSync(folder, { recursive: true });
  return {
    options: { type: 'better-sqlite3', database: join(folder, 'bench.sqlite'), enableWAL: true },
    server: `SQLite ${new Sqlite(':memory:').prepare('SELECT sqlite_version() AS version').get().version}, WAL, synchronous=FULL`,
    drop: () => rmSync(folder, { recursive: true }),
  };
}

/** Its version, and what it does at a commit. */
async function describeServer(name, server) {
  if (name === 'postgres') {
    const [{ version, sync, fsync }] = await onServer(
      name,
      server,
      "SELECT current_setting('server_version') AS version, current_setting('synchronous_commit') AS sync, current_setting('fsync') AS fsync",
    );
    return `PostgreSQL ${version.split(' ')[0]}, fsync=${fsync}, synchronous_commit=${sync}`;
  }
  const [found] = await onServer(
    name,
    server,
    'SELECT version() AS version, @@innodb_flush_log_at_trx_commit AS log, @@log_bin AS binlog, @@sync_binlog AS sync',
  );
  const binlog = found.binlog ? `sync_binlog=${found.sync}` : 'no binary log';
  const kind = name === 'mysql' ? 'MySQL' : 'MariaDB';
  return `${kind} ${found.version.split('-')[0]}, innodb_flush_log_at_trx_commit=${found.log}, ${binlog}`;
}

async function onServer(name, server, sql) {
  if (name === 'postgres') {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    return (await client.query(sql).finally(() => client.end())).rows;
  }
  const connection = await mysql.createConnection(server.replace('mariadb:', 'mysql:'));
  return (await connection.query(sql).finally(() => connection.end()))[0];
}
