/** Runs the tests on all four databases, and the dashboard's in a browser. A server that is missing fails the run: a database that was skipped proves nothing. */
import { spawnSync } from 'node:child_process';
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

function runTests() {
  const env = { ...process.env, ...Object.fromEntries(SERVERS.map(({ variable, url }) => [variable, url])) };
  const run = (script) => spawnSync('npm', ['run', script, '--', ...process.argv.slice(2)], { stdio: 'inherit', env }).status ?? 1;
  return run('test') || run('test:browser');
}
