import { APP_USER, DATABASE, type DatabaseUnderTest } from './database-server';
import { createMysqlDatabase, mysqlVariables, queryMysql, ROTATION } from './mysql-connection';
import { freePort } from '../../support/free-port';
import { findProgram, folderFor, identityOf, run, ServerProcess } from './server-process';
import { until } from './until';

const SERVER = ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd', '/usr/local/bin/mariadbd'];
const INSTALLER = ['/usr/bin/mariadb-install-db', '/usr/local/bin/mariadb-install-db'];
const DURABILITY = ['innodb_flush_log_at_trx_commit', 'innodb_doublewrite', 'sync_binlog', 'log_bin'];

/**
 * A MariaDB server of our own, without a binary log, as MariaDB comes: others see a commit before it is on disk.
 *
 * @param env what its process has in its environment besides
 */
export async function startMariadb(env: Readonly<Record<string, string>> = {}): Promise<DatabaseUnderTest> {
  const identity = identityOf('mysql');
  const folder = folderFor('mariadb', identity);
  const port = await freePort();
  run(
    findProgram(INSTALLER),
    ['--no-defaults', `--datadir=${folder}/data`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    identity,
    folder,
  );
  const parameters = [
    '--no-defaults',
    `--datadir=${folder}/data`,
    `--socket=${folder}/socket`,
    `--pid-file=${folder}/pid`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--max-connections=300',
  ];
  const server = new ServerProcess(folder, identity, findProgram(SERVER), parameters, env);
  const rootUrl = `mysql://root@127.0.0.1:${port}`;
  const start = async () => {
    if (!server.isRunning) server.start();
    await until(() => queryMysql(rootUrl, 'DO 1'), () => !server.isRunning); // prettier-ignore
  };
  await start();
  await createMysqlDatabase(rootUrl);
  return {
    url: `mariadb://${APP_USER}@127.0.0.1:${port}/${DATABASE}`,
    faults: {
      kill: () => server.end('SIGKILL'),
      start,
      setReadOnly: async (on) => void (await queryMysql(rootUrl, `SET GLOBAL read_only = ${Number(on)}`)),
    },
    rotation: ROTATION,
    facts: async () => ({ version: (await mysqlVariables(rootUrl, ['version'])).version!, durability: await mysqlVariables(rootUrl, DURABILITY) }),
    query: (sql) => queryMysql(`${rootUrl}/${DATABASE}`, sql),
    remove: () => server.remove(),
  };
}
