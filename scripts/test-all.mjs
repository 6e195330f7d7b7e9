/**
 * Runs the tests on all four databases, and those in a browser. A server that is missing fails the run: a database that was skipped
 * proves nothing. TEST_SQLITE=passed says that `npm test` without servers has just passed: then only what a server takes part in runs.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import mysql from 'mysql2/promise';
import pg from 'pg';

const SERVERS = [
  { name: 'MySQL', variable: 'TEST_MYSQL_URL', url: 'mysql://root@127.0.0.1:3307', ask: askMysql, is: (version) => !version.includes('MariaDB') },
  {
    name: 'MariaDB',
    variable: 'TEST_MARIADB_URL',
    url: 'mariadb://root@127.0.0.1:3306',
    ask: askMysql,
    is: (version) => version.includes('MariaDB'),
  },
  {
    name: 'PostgreSQL',
    variable: 'TEST_POSTGRES_URL',
    url: 'postgres://postgres@127.0.0.1:5432',
    ask: askPostgres,
    is: (version) => version.startsWith('PostgreSQL'),
  },
  { name: 'Redis', variable: 'TEST_REDIS_URL', url: 'redis://127.0.0.1:6379', ask: askRedis, is: (version) => version.startsWith('redis_version') },
].map((server) => ({ ...server, url: process.env[server.variable] || server.url }));

const problems = (await Promise.all(SERVERS.map(findProblem))).filter(Boolean);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : runTests();

/** Also tells MySQL from MariaDB: one server standing in for both would leave one untested. */
async function findProblem({ name, variable, url, ask, is }) {
  try {
    const version = await ask(url);
    console.log(`${variable}: ${version}`);
    return is(version) ? null : `${variable} should lead to ${name}, but ${version} answers there.`;
  } catch (error) {
    return `No ${name} answers at ${new URL(url).host} (${error.code ?? error.message}). Start one, or set ${variable}.`;
  }
}

async function askMysql(url) {
  const connection = await mysql.createConnection(url.replace('mariadb:', 'mysql:'));
  const [[{ version }]] = await connection.query('SELECT version() AS version').finally(() => connection.end());
  return version;
}

async function askPostgres(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  const { rows } = await client.query('SELECT version()').finally(() => client.end());
  return rows[0].version;
}

async function askRedis(url) {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  const info = await client
    .connect()
    .then(() => client.info('server'))
    .finally(() => client.disconnect());
  return /redis_version:\S+/.exec(info)[0];
}

function runTests() {
  const env = { ...process.env, ...Object.fromEntries(SERVERS.map(({ variable, url }) => [variable, url])) };
  const run = (script, ...suites) =>
    spawnSync('npm', ['run', script, '--', ...suites, ...process.argv.slice(2)], { stdio: 'inherit', env }).status ?? 1;
  return run('test', ...(env.TEST_SQLITE === 'passed' ? suitesOnServers() : [])) || run('test:browser');
}

/** A suite in which a server takes part says so by name. */
function suitesOnServers() {
  const files = readdirSync('test', { recursive: true }).map((file) => join('test', file));
  return files.filter((file) => file.endsWith('.spec.ts') && /describeOnEvery(Stack|Database)/.test(readFileSync(file, 'utf8')));
}
