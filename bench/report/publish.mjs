// Keeps what was measured in bench/results/, and puts its table into the page that has a place for it. Run by itself, it writes all
// tables anew.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { DATABASES } from './markdown.mjs';

const RESULTS = join(import.meta.dirname, '../results');
const PAGES = join(import.meta.dirname, '../../docs');

/**
 * @param name of the bench, of its report, of its place in a page
 * @param result takes the place of the one that is kept of the same `database`
 */
export async function publish(name, result, { print, short }) {
  const fresh = { ...result, run: { at: new Date().toISOString(), node: process.version, cpus: machine() } };
  console.log(await tableOf(name, [fresh]));
  if (print || short) return;
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${name}.json`);
  const kept = readResults(file).filter(({ database }) => database !== fresh.database);
  const all = [...kept, fresh].sort((a, b) => placeOf(a) - placeOf(b));
  writeFileSync(file, JSON.stringify(all, null, 1) + '\n');
  await renewTable(name, all);
}

async function renewTable(name, results) {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  for (const file of readdirSync(PAGES).filter((page) => page.endsWith('.md'))) {
    const path = join(PAGES, file);
    const page = readFileSync(path, 'utf8');
    if (!page.includes(begin)) continue;
    const renewed = page.slice(0, page.indexOf(begin)) + [begin, await tableOf(name, results), ''].join('\n\n') + page.slice(page.indexOf(end));
    writeFileSync(path, await format(renewed, { ...(await resolveConfig(path)), parser: 'markdown' }));
  }
}

async function tableOf(name, results) {
  const { markdown } = await import(`./${name}.mjs`);
  return markdown(results);
}

function readResults(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

function placeOf({ database }) {
  return Object.keys(DATABASES).indexOf(database);
}

function machine() {
  return `${cpus().length} × ${cpus()[0].model}`;
}

if (process.argv[1] === import.meta.filename) {
  for (const file of readdirSync(RESULTS)) await renewTable(basename(file, '.json'), readResults(join(RESULTS, file)));
}
