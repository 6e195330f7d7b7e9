// Follows many sequences on SQLite and each server that TEST_*_URL names.
//   npm run model -- [--sequences 100000] [--databases sqlite,mysql,…] [--seed number] [--workers 2]
import { parseArgs } from 'node:util';
import { reachable, runJest } from '../support/run-jest.mjs';

/** What a server gets of all, because its round trips take long. SQLite gets the rest. */
const SERVER_SHARE = 0.04;
const PIECE = 4000;

const { values: options } = parseArgs({
  options: {
    sequences: { type: 'string', default: '100000' },
    databases: { type: 'string', default: 'sqlite,mysql,mariadb,postgres' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    workers: { type: 'string', default: '2' },
  },
});
const total = Number(options.sequences);
const databases = reachable(options.databases);
const servers = databases.filter((name) => name !== 'sqlite').length;
const perServer = Math.ceil(databases.includes('sqlite') ? total * SERVER_SHARE : total / servers);

const started = performance.now();
const pieces = databases.flatMap((name) => piecesOf(name, name === 'sqlite' ? total - perServer * servers : perServer));
const done = await runJest(pieces, Number(options.workers));
for (const name of databases) {
  const ofOne = done.filter(({ database }) => database === name);
  console.log(`${name}: ${sum(ofOne, 'count')} sequences in ${Math.round(sum(ofOne, 'seconds'))} s of one process`);
}
const failed = done.some(({ code }) => code !== 0);
console.log(`${failed ? 'FAILED' : 'passed'}: ${total} sequences from seed ${options.seed} in ${Math.round((performance.now() - started) / 1000)} s`);
process.exitCode = failed ? 1 : 0;

/** Each piece has seeds of its own. */
function piecesOf(database, count) {
  return Array.from({ length: Math.ceil(count / PIECE) }, (_, i) => {
    const size = Math.min(PIECE, count - i * PIECE);
    const env = { MODEL_DATABASES: database, MODEL_SEQUENCES: String(size), MODEL_SEED: String(Number(options.seed) + i * PIECE) };
    return { database, count: size, path: 'test/model', env };
  });
}

function sum(list, name) {
  return list.reduce((total, member) => total + member[name], 0);
}
