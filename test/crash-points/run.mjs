// Kills the demo at every await of its flows, again and again, on SQLite and each server that TEST_*_URL names. Needs a build.
// A hundred times take two hours on two processors.
//   npm run crash-points -- [--runs 100] [--databases sqlite,mysql,…] [--workers 2]
import { parseArgs } from 'node:util';
import { reachable, runJest } from '../support/run-jest.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    databases: { type: 'string', default: 'sqlite,mysql,mariadb,postgres' },
    workers: { type: 'string', default: '2' },
  },
});

const jobs = reachable(options.databases).map((database) => ({
  database,
  path: 'test/crash-points',
  env: { CRASH_DATABASES: database, CRASH_RUNS: options.runs },
}));
const done = await runJest(jobs, Number(options.workers));
for (const { database, code, seconds } of done) console.log(`${database}: ${code === 0 ? 'passed' : 'FAILED'} in ${Math.round(seconds)} s`);
process.exitCode = done.some(({ code }) => code !== 0) ? 1 : 0;
