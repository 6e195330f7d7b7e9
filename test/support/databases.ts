import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { Client } from 'pg';
import { databaseFromUrl } from '../../demo/database-url';

/** A database of its own for one group of tests. */
export interface ScratchDatabase {
  /** As the demo's DATABASE_URL takes it. */
  readonly url: string;
  drop(): Promise<void>;
}

export interface DatabaseKind {
  readonly name: 'sqlite' | 'mysql' | 'mariadb' | 'postgres';
  create(): Promise<ScratchDatabase>;
}

const sqlite: DatabaseKind = {
  name: 'sqlite',
  create: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jwt-refresh-'));
    return { url: `sqlite:${join(folder, 'test.sqlite')}`, drop: async () => rmSync(folder, { recursive: true }) };
  },
};

const scratchName = () => `jwt_refresh_${randomBytes(6).toString('hex')}`;

/** Runs one statement on a server, outside of any app. */
async function onMysql(url: string, sql: string): Promise<void> {
  const connection = await mysql.createConnection(url.replace('mariadb:', 'mysql:'));
  await connection.query(sql).finally(() => connection.end());
}

async function onPostgres(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

function onServer(name: 'mysql' | 'mariadb' | 'postgres', server: string): DatabaseKind {
  const execute = name === 'postgres' ? onPostgres : onMysql;
  return {
    name,
    create: async () => {
      const database = scratchName();
      const url = new URL(server);
      url.pathname = `/${database}`;
      await execute(server, `CREATE DATABASE ${database}`);
      return { url: url.href, drop: () => execute(server, `DROP DATABASE ${database}`) };
    },
  };
}

/** SQLite, unless TEST_SQLITE says that `npm test` has just passed on it, and each server that the environment names. */
export const databaseKinds: DatabaseKind[] = [
  ...(process.env.TEST_SQLITE === 'passed' ? [] : [sqlite]),
  ...(['mysql', 'mariadb', 'postgres'] as const).flatMap((name) => {
    const server = process.env[`TEST_${name.toUpperCase()}_URL`];
    return server ? [onServer(name, server)] : [];
  }),
];

export { databaseFromUrl };
