// Times the admin API over HTTP on a table of a million rows, on SQLite and each server that TEST_*_URL names.
//   node bench/list.mjs [--rows 1000000] [--databases sqlite,mysql,…] [--samples 20] [--only words] [--short] [--keep] [--json file]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openFilledApp } from './data/filled-app.mjs';
import { measure } from './data/measure.mjs';
import { markdown } from './report/list.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    databases: { type: 'string', default: 'sqlite,mysql,mariadb,postgres' },
    samples: { type: 'string', default: '20' },
    // How long to walk towards the 1,000th page of one list.
    walk: { type: 'string', default: '4000' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    // Leaves the filled database, and takes it up again next time.
    keep: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const plan = options.short
  ? { databases: 'sqlite', rows: 20_000, samples: 2, walkMs: 15, only: options.only }
  : { databases: options.databases, rows: Number(options.rows), samples: Number(options.samples), walkMs: Number(options.walk), only: options.only };

const results = [];
for (const name of plan.databases.split(',')) {
  const database = await openFilledApp(name, { count: plan.rows, keep: options.keep });
  if (!database) continue;
  try {
    results.push({ database: name, ...(await measure(database, plan)) });
  } finally {
    await database.close();
  }
}
if (options.json) writeFileSync(options.json, JSON.stringify({ at: new Date().toISOString(), node: process.version, plan, results }, null, 2));
console.log(markdown(results, plan));
