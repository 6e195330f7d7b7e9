// An app on a database of its own, filled.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { createTestApp, FakeClock, loginAs } from 'nestjs-jwt-refresh/testing';
import { DataSource } from 'typeorm';
import { RefreshToken } from 'nestjs-jwt-refresh';
import pg from 'pg';
import { ADMINISTRATOR, AUDIENCES } from './dataset.mjs';
import { fill } from './fill.mjs';

/** The same rows each time. */
const NOW = Date.UTC(2026, 0, 1);

/** @returns null when the environment names no such server */
export async function openDatabase(name, rows, keep) {
  const place = await placeFor(name, keep ? `jwt_refresh_bench_${rows}` : `jwt_refresh_bench_${randomBytes(4).toString('hex')}`);
  if (!place) return null;
  const test = await start(place.options);
  const dataSource = test.app.get(DataSource);
  const begun = performance.now();
  const isEmpty = (await dataSource.getRepository(RefreshToken).find({ take: 1 })).length === 0;
  if (isEmpty) await fill(dataSource, { rows, now: NOW });
  console.error(`${name}: ${isEmpty ? `filled in ${Math.round((performance.now() - begun) / 1000)} s` : 'was filled'}`);
  const { accessToken } = await loginAs(test.app, ADMINISTRATOR, { content: { role: 'admin' } });
  const close = () => test.close().then(() => (keep ? undefined : place.drop()));
  return { name, rows, now: NOW, dataSource, url: `${test.url}/admin/refresh-tokens`, authorization: `Bearer ${accessToken}`, close };
}

function start(database) {
  return createTestApp({
    database: { ...database, migrationsRun: true },
    jwtRefresh: { audience: AUDIENCES, clock: new FakeClock(new Date(NOW)), admin: { authorize: ({ role }) => role === 'admin' } },
  });
}

async function placeFor(name, database) {
  if (name === 'sqlite') return sqliteFile(database);
  const server = process.env[`TEST_${name.toUpperCase()}_URL`];
  if (!server) return null;
  const url = new URL(server);
  url.pathname = `/${database}`;
  await onServer(name, server, `CREATE DATABASE ${database}`).catch(() => undefined);
  return { options: { type: name, url: url.href }, drop: () => onServer(name, server, `DROP DATABASE ${database}`) };
}

function sqliteFile(database) {
  const folder = database.endsWith('0') ? join(tmpdir(), database) : mkdtempSync(join(tmpdir(), database));
  return {
    options: { type: 'better-sqlite3', database: join(folder, 'bench.sqlite'), enableWAL: true },
    drop: () => rmSync(folder, { recursive: true }),
  };
}

async function onServer(name, server, sql) {
  const connection =
    name === 'postgres' ? new pg.Client({ connectionString: server }) : await mysql.createConnection(server.replace('mariadb:', 'mysql:'));
  if (name === 'postgres') await connection.connect();
  await connection.query(sql).finally(() => connection.end());
}
