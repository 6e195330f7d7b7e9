import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** A process that has lived so long has compiled what it needs. */
const SETTLED_MS = 4000;

/**
 * Starts a bundled program with what an earlier process has compiled of it: most of what a start costs is compiling, and a
 * campaign starts thousands of processes.
 */
function launch(program: string): void {
  const cache = `${program}.cache`;
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
  const script = new Script(wrap(readFileSync(program, 'utf8')), { filename: program, cachedData });
  const run = script.runInThisContext() as (...parts: unknown[]) => void;
  run(exports, createRequire(program), module, program, dirname(program));
  if (cachedData && !script.cachedDataRejected) return;
  setTimeout(() => {
    writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
    renameSync(`${cache}.${process.pid}`, cache);
  }, SETTLED_MS).unref();
}

launch(process.argv[2]!);
