// Runs this version and an earlier one side by side on one database, on SQLite and each server that TEST_*_URL names. Needs a build.
//   npm run upgrade -- [--from v0.1.0]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const PROJECT = resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({ options: { from: { type: 'string' } } });

const ref = options.from ?? lastTag();
const scratch = mkdtempSync(join(tmpdir(), 'jwt-refresh-upgrade-'));
try {
  const folder = checkOut(ref, join(scratch, 'before'));
  for (const command of [['nest', 'build'], ['tsc', '-p', 'demo']]) run('npx', command, folder); // prettier-ignore
  const env = { ...process.env, UPGRADE_FROM: folder };
  const { status } = spawnSync('npx', ['jest', '--config', 'jest.long.config.js', 'test/upgrade'], { cwd: PROJECT, env, stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  run('git', ['worktree', 'remove', '--force', join(scratch, 'before')], PROJECT);
  rmSync(scratch, { recursive: true, force: true });
}

function lastTag() {
  try {
    return execFileSync('git', ['describe', '--tags', '--abbrev=0'], { cwd: PROJECT, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    throw new Error('There is no tag to upgrade from: name a commit with --from.');
  }
}

/** It has this version's dependencies: what is compared is the library, not what it stands on. */
function checkOut(commit, folder) {
  run('git', ['worktree', 'add', '--detach', '--quiet', folder, commit], PROJECT);
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function run(program, args, cwd) {
  execFileSync(program, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}
