// The checker is checked: is each mistake in mutants.mjs found by the test that is named for it? At first each of those tests must
// pass; then each mistake is made in a copy of the sources, and its test must fail, in an expectation and not for want of running.
//   npm run mutants -- [--only name,…] [--jobs 2] [--types: also compile each mutant] [--publish: the table into docs/guarantees.md]
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { MUTANTS } from './mutants.mjs';
import { Workshop } from './workshop.mjs';

const PAGE = join(import.meta.dirname, '../../docs/guarantees.md');
const [BEGIN, END] = ['<!-- mutants -->', '<!-- /mutants -->'];
const DATABASES = { mysql: ', on MySQL', mariadb: ', on MariaDB', postgres: ', on PostgreSQL' };

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, jobs: { type: 'string', default: '2' }, types: { type: 'boolean' }, publish: { type: 'boolean' } },
});
const home = realpathSync(mkdtempSync(join(tmpdir(), 'mutants-')));
try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** @returns whether all is well */
async function main() {
  const mutants = options.only ? options.only.split(',').map(mutantNamed) : MUTANTS;
  const workshops = Array.from({ length: Number(options.jobs) }, (_, index) => new Workshop(join(home, String(index))));
  const broken = (await share(distinctChecks(mutants), workshops, findTrouble)).filter(Boolean);
  for (const trouble of broken) console.error(trouble);
  if (broken.length > 0) return false;
  const results = await share(mutants, workshops, tryMutant);
  console.log(tableOf(results));
  const survivors = results.filter(({ caughtBy }) => !caughtBy);
  for (const { name, trouble } of survivors) console.error(`\n${name} is not caught: ${trouble}`);
  if (options.publish && !options.only && survivors.length === 0) await publish(tableOf(results));
  return survivors.length === 0;
}

function mutantNamed(name) {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (!mutant) throw new Error(`There is no mutant ${name}.`);
  return mutant;
}

function distinctChecks(mutants) {
  return [...new Map(mutants.map(({ check }) => [JSON.stringify(check), check])).values()];
}

/** Does each piece of work in one of the workshops. @returns the results in the order of the work */
async function share(work, workshops, task) {
  const waiting = work.entries();
  const results = [];
  const takeTurns = async (workshop) => {
    for (const [place, piece] of waiting) results[place] = await task(piece, workshop);
  };
  await Promise.all(workshops.map(takeTurns));
  return results;
}

/** @returns what is wrong with a check before anything is spoilt, or null */
async function findTrouble(check, workshop) {
  const { passed, failed, words } = await workshop.check(check);
  if (passed > 0 && failed.length === 0) return null;
  return `Without any mutant, '${check.title}' in ${check.path} does not pass${DATABASES[check.database] ?? ''}: ${words || 'no test has that title.'}`;
}

async function tryMutant(mutant, workshop) {
  workshop.mend();
  const misfit = workshop.spoil(mutant.name) ?? (options.types ? workshop.findTypeErrors() : null);
  if (misfit) return { ...mutant, trouble: misfit };
  const { failed, words } = await workshop.check(mutant.check);
  return { ...mutant, caughtBy: titleOf(failed.find(failsInExpectation)), trouble: words || 'its check passes.' };
}

/** A test that merely throws may fail for any reason. */
function failsInExpectation({ failureMessages }) {
  return failureMessages.some((message) => message.includes('expect('));
}

/** Without the suite, which names the database. */
function titleOf(test) {
  return test && [...test.ancestorTitles.slice(1), test.title].join(' ');
}

function tableOf(results) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rows = results.map(({ name, wrong, check, caughtBy }) => {
    const where = `\`${basename(check.path, '.spec.ts')}\`${DATABASES[check.database] ?? ''}`;
    return line([`\`${name}\``, wrong, caughtBy ? `${where}: ${caughtBy}` : '**nothing**']);
  });
  return [line(['mutant', 'what is wrong', 'caught by']), line(['---', '---', '---']), ...rows].join('\n');
}

async function publish(table) {
  const page = readFileSync(PAGE, 'utf8');
  const renewed = page.slice(0, page.indexOf(BEGIN)) + [BEGIN, table, ''].join('\n\n') + page.slice(page.indexOf(END));
  writeFileSync(PAGE, await format(renewed, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
}
