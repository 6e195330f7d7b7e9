import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { APP_USER, DATABASE, type DatabaseUnderTest } from './database-server';
import { createMysqlDatabase, mysqlVariables, queryMysql, ROTATION } from './mysql-connection';
import { freePort } from '../../support/free-port';
import { until } from './until';

/** Installs and starts a MySQL in a folder; there is none in Debian's stable release. */
const SCRIPT = resolve(process.cwd(), '../shared/servers/mysql.sh');
/** Kept from one campaign to the next: to install it takes longer than a short campaign. Its data is not kept. */
const HOME = process.env.CHAOS_MYSQL_HOME ?? join(tmpdir(), 'chaos-mysql');
const DURABILITY = ['innodb_flush_log_at_trx_commit', 'innodb_doublewrite', 'sync_binlog', 'log_bin'];

const execute = promisify(execFile);

/** A MySQL server of our own, or, where it can't be installed, a database on the one of TEST_MYSQL_URL that nothing is done to. */
export async function startMysql(): Promise<DatabaseUnderTest> {
  if (existsSync(SCRIPT)) return startOwn();
  if (process.env.TEST_MYSQL_URL) return borrow(process.env.TEST_MYSQL_URL);
  throw new Error('there is no MySQL to start; set TEST_MYSQL_URL');
}

async function startOwn(): Promise<DatabaseUnderTest> {
  const port = await freePort();
  const rootUrl = `mysql://root@127.0.0.1:${port}`;
  const script = async (...parameters: string[]) =>
    void (await execute('bash', [SCRIPT, ...parameters], { env: { ...process.env, MYSQL_HOME: HOME } }));
  const start = async () => {
    await script('start', String(port));
    await until(() => queryMysql(rootUrl, 'DO 1'));
  };
  await script('wipe');
  await start();
  await createMysqlDatabase(rootUrl);
  return {
    url: `mysql://${APP_USER}@127.0.0.1:${port}/${DATABASE}`,
    faults: {
      kill: () => script('kill'),
      start,
      setReadOnly: async (on) => void (await queryMysql(rootUrl, `SET GLOBAL read_only = ${Number(on)}`)),
    },
    rotation: ROTATION,
    ...describedBy(rootUrl, DATABASE),
    remove: () => script('wipe'),
  };
}

async function borrow(serverUrl: string): Promise<DatabaseUnderTest> {
  const name = `chaos_${process.pid}`;
  await queryMysql(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    faults: null,
    rotation: ROTATION,
    ...describedBy(serverUrl, name),
    remove: async () => void (await queryMysql(serverUrl, `DROP DATABASE ${name}`)),
  };
}

function describedBy(serverUrl: string, database: string): Pick<DatabaseUnderTest, 'facts' | 'query'> {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return {
    facts: async () => ({
      version: (await mysqlVariables(serverUrl, ['version'])).version!,
      durability: await mysqlVariables(serverUrl, DURABILITY),
    }),
    query: (sql) => queryMysql(url.href, sql),
  };
}
