import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');
const COPIED = ['demo', 'test', 'jest.config.js', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const TIME_LIMIT_MS = 180_000;
const SERVERS = { mysql: 'mysql://root@127.0.0.1:3307', mariadb: 'mariadb://root@127.0.0.1:3306', postgres: 'postgres://postgres@127.0.0.1:5432' };

/** A copy of the project whose sources may be spoilt, with Jest's cache in it. The dependencies are the project's own. */
export class Workshop {
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder);
    for (const name of COPIED) cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'dir');
    this.mend();
  }

  /** Back to the sources as they are. */
  mend() {
    rmSync(join(this.folder, 'src'), { recursive: true, force: true });
    cpSync(join(PROJECT, 'src'), join(this.folder, 'src'), { recursive: true });
  }

  /** @returns why the patch does not fit, or null */
  spoil(name) {
    const patch = join(import.meta.dirname, `patches/${name}.patch`);
    // A repository around the folder would make git look for the files at its root.
    return this.run('git', ['apply', patch], { GIT_CEILING_DIRECTORIES: dirname(this.folder) });
  }

  /** @returns what the compiler says against the sources, or null */
  findTypeErrors() {
    const tsc = join(PROJECT, 'node_modules/typescript/bin/tsc');
    return this.run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noEmit', '--declaration', 'false']);
  }

  /** Runs the tests of one file whose titles match. @returns how many passed, which failed, and what Jest said */
  async check({ path, title, database }) {
    const report = join(this.folder, 'report.json');
    rmSync(report, { force: true });
    const what = ['--runTestsByPath', path, '--testNamePattern', title];
    const how = ['--runInBand', '--silent', '--forceExit', '--watchman=false', `--cacheDirectory=${join(this.folder, 'cache')}`];
    const jest = [join(PROJECT, 'node_modules/jest/bin/jest.js'), ...what, ...how, '--json', `--outputFile=${report}`];
    const limits = { timeout: TIME_LIMIT_MS, killSignal: 'SIGKILL' };
    await once(spawn(process.execPath, jest, { cwd: this.folder, env: environmentFor(database), stdio: 'ignore', ...limits }), 'exit');
    return existsSync(report) ? readReport(report) : { passed: 0, failed: [], words: 'Jest did not finish.' };
  }

  run(command, parameters, env = {}) {
    const options = { cwd: this.folder, env: { ...process.env, ...env }, encoding: 'utf8', timeout: TIME_LIMIT_MS };
    const { status, stdout, stderr } = spawnSync(command, parameters, options);
    return status === 0 ? null : `${stdout}${stderr}` || `${command} did not finish.`;
  }
}

/** SQLite alone, or one server alone. */
function environmentFor(database) {
  const variables = Object.entries(SERVERS).map(([name, url]) => {
    const variable = `TEST_${name.toUpperCase()}_URL`;
    return [variable, name === database ? process.env[variable] || url : undefined];
  });
  return { ...process.env, ...Object.fromEntries(variables), TEST_REDIS_URL: undefined, TEST_SQLITE: database ? 'passed' : undefined };
}

function readReport(file) {
  const { numPassedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const words = testResults.map(({ message }) => message).join('\n');
  return { passed: numPassedTests, failed: tests.filter(({ status }) => status === 'failed'), words };
}
