import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { APP_USER, DATABASE, type DatabaseUnderTest } from './database-server';
import { freePort } from '../../support/free-port';
import { findProgram, folderFor, identityOf, run, ServerProcess } from './server-process';
import { until } from './until';

const DURABILITY = ['fsync', 'synchronous_commit', 'full_page_writes'];

/** A PostgreSQL server of our own. */
export async function startPostgres(): Promise<DatabaseUnderTest> {
  const identity = identityOf('postgres');
  const folder = folderFor('postgres', identity);
  const port = await freePort();
  run(program('initdb'), ['--pgdata', `${folder}/data`, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale'], identity, folder);
  const server = new ServerProcess(folder, identity, program('postgres'), [
    ...['-D', `${folder}/data`, '-p', String(port), '-h', '127.0.0.1', '-k', folder],
    ...['-c', 'max_connections=300'],
  ]);
  const rootUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const url = (user: string) => `postgres://${user}@127.0.0.1:${port}/${DATABASE}`;
  const query = (sql: string) => queryPostgres(url('postgres'), sql);
  // Workers of a killed server take a moment to notice; until then it refuses to start.
  const start = () => until(async () => {
    if (!server.isRunning) server.start();
    await queryPostgres(rootUrl, 'SELECT 1');
  }); // prettier-ignore
  await start();
  await queryPostgres(rootUrl, `CREATE USER ${APP_USER}`);
  await queryPostgres(rootUrl, `CREATE DATABASE ${DATABASE} OWNER ${APP_USER}`);
  const setReadOnly = async (on: boolean) => {
    await query(`ALTER SYSTEM SET default_transaction_read_only = ${on ? 'on' : 'off'}`);
    await query('SELECT pg_reload_conf()');
  };
  return {
    url: url(APP_USER),
    faults: { kill: () => server.end('SIGKILL'), start, setReadOnly },
    rotation: 'UPDATE "refresh_tokens"',
    facts: async () => ({ version: await setting(query, 'server_version'), durability: await settings(query, DURABILITY) }),
    query,
    remove: async () => {
      await server.end('SIGINT');
      await server.remove();
    },
  };
}

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

async function setting(query: Query, name: string): Promise<string> {
  const [row] = await query(`SELECT current_setting('${name}') AS value`);
  return String(row?.value);
}

async function settings(query: Query, names: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await setting(query, name)])));
}

async function queryPostgres(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // A server that dies says so here too; the statement fails anyway.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

function program(name: string): string {
  const versions = listFolder('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  return findProgram([...versions.map((version) => `/usr/lib/postgresql/${version}/bin/${name}`), `/usr/local/bin/${name}`, `/usr/bin/${name}`]);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
