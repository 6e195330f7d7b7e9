import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs Jest once for each job, so many at a time. @returns the jobs with `code` and `seconds` */
export async function runJest(jobs, workers) {
  const waiting = jobs.entries();
  const done = [];
  const work = async () => {
    for (const [place, job] of waiting) done[place] = { ...job, ...(await run(job)) };
  };
  await Promise.all(Array.from({ length: workers }, work));
  return done;
}

/** The databases of a list that can be reached: SQLite, and each server that TEST_*_URL names. */
export function reachable(databases) {
  return databases.split(',').filter((name) => name === 'sqlite' || process.env[`TEST_${name.toUpperCase()}_URL`]);
}

async function run({ path, env }) {
  const start = performance.now();
  const [code] = await once(spawn('npx', ['jest', '--runInBand', path], { env: { ...process.env, ...env }, stdio: 'inherit' }), 'exit');
  return { code, seconds: (performance.now() - start) / 1000 };
}
