import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JWT_REFRESH_ENTITIES, JWT_REFRESH_MIGRATIONS } from 'nestjs-jwt-refresh';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { databaseFromUrl, type ScratchDatabase } from '../support/databases';
import { describeOnEveryDatabase, type Stack } from '../support/stack';

const DIST = join(__dirname, '../../dist');
const MYSQL_INDEX = 'DROP INDEX refresh_tokens_used ON refresh_tokens';
const INDEX = 'DROP INDEX refresh_tokens_used';

/** A statement that spoils the connection of who asks, and the setting that must be named. */
const SETTINGS: Record<Stack['kind']['name'], [setting: string, statement: string][]> = {
  sqlite: [['synchronous', 'PRAGMA synchronous = NORMAL']],
  mysql: [['sql_mode (strict)', "SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION'"]],
  mariadb: [['sql_mode (strict)', "SET SESSION sql_mode = ''"]],
  postgres: [['synchronous_commit', 'SET synchronous_commit = off']],
};
/** What the servers of whoever runs the tests are set to is no matter of theirs. */
const OF_THE_SERVER = ['innodb_flush_log_at_trx_commit', 'sync_binlog', 'innodb_doublewrite', 'fsync', 'full_page_writes'];

/** Statements that spoil the tables, and what must be named. */
const MYSQL_NOCASE = 'ALTER TABLE refresh_tokens MODIFY subject varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL';
const TABLES: Record<Stack['kind']['name'], { nocase: [named: string, ...statements: string[]]; index: string }> = {
  sqlite: { nocase: ['a column is NOCASE or RTRIM', 'ALTER TABLE refresh_tokens ADD COLUMN x varchar(9) COLLATE NOCASE'], index: INDEX },
  mysql: { nocase: ['subject is utf8mb4_general_ci', MYSQL_NOCASE], index: MYSQL_INDEX },
  mariadb: { nocase: ['subject is utf8mb4_general_ci', MYSQL_NOCASE], index: MYSQL_INDEX },
  postgres: {
    nocase: [
      'subject is nocase',
      "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
      'ALTER TABLE refresh_tokens ALTER subject TYPE varchar(255) COLLATE nocase',
    ],
    index: INDEX,
  },
};

interface Asked {
  /** Runs on the one connection, after it was made. */
  statement?: string;
  /** Runs before everything else. */
  script?: string;
}

describeOnEveryDatabase('npx jwt-refresh doctor', (stack) => {
  let folder: string;
  let scratch: ScratchDatabase;
  let dataSource: DataSource;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    scratch = await stack.kind.create();
    dataSource = await new DataSource(optionsOf(scratch.url)).initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await scratch.drop();
  });

  /** What it says of a data source like that of a host, and the names of what it finds ill. */
  const askOf = (url: string, { statement = '', script = '' }: Asked = {}) => {
    const file = join(folder, 'data-source.cjs');
    writeFileSync(file, hostFile(url, script, statement || (stack.kind.name === 'sqlite' ? 'PRAGMA synchronous = FULL' : 'SELECT 1')));
    const { status, output } = run('doctor', '-d', file);
    const ills = [...output.matchAll(/^✗ ([^:]+): .+\n {2}\S.+$/gm)].map(([, name]) => name!).filter((name) => !OF_THE_SERVER.includes(name));
    return { status, output, ills };
  };
  const ask = (asked?: Asked) => askOf(scratch.url, asked);
  const migrate = () => dataSource.runMigrations();

  it('finds nothing ill where all is as it should be', async () => {
    await migrate();
    const { status, output, ills } = ask();
    expect(ills).toEqual([]);
    expect(output).toContain('✓ refresh_tokens: has all columns and indexes');
    expect(output).toContain('✓ refresh_token_stats: has all columns and indexes');
    expect(status).toBe(output.includes('✗') ? 1 : 0);
  });

  it.each(SETTINGS[stack.kind.name])('warns of %s', async (setting, statement) => {
    await migrate();
    expect(ask({ statement })).toMatchObject({ status: 1, ills: [setting] });
  });

  if (stack.kind.name !== 'sqlite')
    it('warns of a clock that is a minute off', async () => {
      await migrate();
      const { ills, output } = ask({ script: `const { now } = Date; Date.now = () => now() - 60_000;` });
      expect(ills).toEqual(['clock']);
      expect(output).toMatch(/clock: (59|60)\d{3} ms/);
    });

  it('warns of a column that takes two users for one', async () => {
    await migrate();
    const [named, ...statements] = TABLES[stack.kind.name].nocase;
    for (const statement of statements) await dataSource.query(statement);
    const { ills, output } = ask();
    expect(ills).toEqual(['refresh_tokens']);
    expect(output).toContain(named);
  });

  it('warns of an index and a column that are missing', async () => {
    await migrate();
    await dataSource.query(TABLES[stack.kind.name].index);
    expect(ask().output).toContain('✗ refresh_tokens: has no index refresh_tokens_used');
    await dataSource.query('ALTER TABLE refresh_token_events DROP COLUMN details');
    expect(ask().output).toContain('✗ refresh_token_events: has no column details');
  });

  it('warns of tables that are not there, and makes none, though the data source would', async () => {
    expect(ask().ills).toEqual(['refresh_tokens', 'refresh_token_events', 'refresh_token_stats'].map((name) => expect.stringContaining(name)));
    expect(await dataSource.createQueryRunner().hasTable('refresh_tokens')).toBe(false);
  });

  it('says what is wrong with a data source that the module could not use', () => {
    const { status, output } = ask({ script: `require('${DIST}').JWT_REFRESH_ENTITIES.length = 0;` });
    expect(status).toBe(1);
    expect(output).toContain('add ...JWT_REFRESH_ENTITIES');
  });

  it('says in one line that there is no database', () => {
    const url = { sqlite: 'sqlite:/nowhere/at/all.sqlite' }[stack.kind.name as 'sqlite'] ?? scratch.url.replace(/:\d+\//, ':1/');
    const { status, output } = askOf(url);
    expect(status).toBe(1);
    expect(output).toMatch(/^[^\n]*(ECONNREFUSED|There is no file)[^\n]*\n$/);
  });

  /** A data source of one connection, in the file of a host. */
  const hostFile = (url: string, script: string, statement: string) => `${script}
    const { DataSource } = require(${JSON.stringify(require.resolve('typeorm'))});
    const { JWT_REFRESH_ENTITIES, JWT_REFRESH_MIGRATIONS } = require('${DIST}');
    const options = ${JSON.stringify({ ...databaseFromUrl(url), poolSize: 1, migrationsRun: true })};
    const dataSource = new DataSource({ ...options, entities: [...JWT_REFRESH_ENTITIES], migrations: [...JWT_REFRESH_MIGRATIONS] });
    const { initialize } = dataSource;
    dataSource.initialize = async () => {
      await initialize.call(dataSource);
      await dataSource.query(${JSON.stringify(statement)});
      return dataSource;
    };
    exports.hosts = Promise.resolve(dataSource);`;
});

describe('npx jwt-refresh', () => {
  it('says how it is used', () => {
    expect(run('--help')).toMatchObject({ status: 0, output: expect.stringMatching(/doctor/) });
    expect(run('--version').output).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(run('doctor')).toMatchObject({ status: 1, output: expect.stringMatching(/-d, --dataSource <file>/) });
  });

  it('says what is wrong with the file', () => {
    expect(run('doctor', '-d', __filename.replace('spec', 'nowhere'))).toMatchObject({
      status: 1,
      output: expect.stringMatching(/Cannot find module/),
    });
    expect(run('doctor', '-d', join(DIST, 'clock.js'))).toMatchObject({
      status: 1,
      output: expect.stringMatching(/clock\.js must export one DataSource/),
    });
  });
});

function optionsOf(url: string): DataSourceOptions {
  return { ...databaseFromUrl(url), entities: [...JWT_REFRESH_ENTITIES], migrations: [...JWT_REFRESH_MIGRATIONS] } as DataSourceOptions;
}

function run(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(DIST, 'cli/jwt-refresh.js'), ...args], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
