// What the indexes cost a rotation: its UPDATE on the module's table, and on a copy that has the index on subject only.
//   node bench/rotation.mjs [--rows 1000000] [--databases mysql,mariadb,postgres] [--updates 5000] [--keep]
import { RefreshToken } from 'nestjs-jwt-refresh';
import { parseArgs } from 'node:util';
import { openDatabase } from './databases.mjs';
import { randomFrom } from './dataset.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    databases: { type: 'string', default: 'sqlite,mysql,mariadb,postgres' },
    updates: { type: 'string', default: '5000' },
    keep: { type: 'boolean', default: false },
  },
});
const COPY = 'refresh_tokens_plain';

for (const name of options.databases.split(',')) {
  const database = await openDatabase(name, Number(options.rows), options.keep);
  if (!database) continue;
  try {
    await copy(database);
    const ids = await randomIds(database, Number(options.updates));
    const plain = await timeUpdates(database, COPY, ids);
    const indexed = await timeUpdates(database, database.dataSource.getMetadata(RefreshToken).tablePath, ids);
    console.log(`${name}: ${indexed.toFixed(3)} ms with all indexes, ${plain.toFixed(3)} ms with the index on subject only`);
    await database.dataSource.query(`DROP TABLE ${COPY}`);
  } finally {
    await database.close();
  }
}

async function copy({ dataSource }) {
  const id = dataSource.driver.escape('id');
  await dataSource.query(`DROP TABLE IF EXISTS ${COPY}`);
  await dataSource.query(`CREATE TABLE ${COPY} AS SELECT * FROM refresh_tokens`);
  if (dataSource.options.type === 'better-sqlite3') await dataSource.query(`CREATE UNIQUE INDEX ${COPY}_id ON ${COPY} (${id})`);
  else await dataSource.query(`ALTER TABLE ${COPY} ADD PRIMARY KEY (${id})`);
  await dataSource.query(`CREATE INDEX ${COPY}_subject ON ${COPY} (subject, ${id})`);
}

async function randomIds({ dataSource }, count) {
  const all = await dataSource.query(`SELECT ${dataSource.driver.escape('id')} AS id FROM refresh_tokens`);
  const random = randomFrom(4);
  return Array.from({ length: count }, () => all[Math.floor(random() * all.length)].id);
}

/** In one transaction, so that the disk's own delay at each commit hides nothing. @returns milliseconds an UPDATE */
async function timeUpdates({ dataSource, now }, table, ids) {
  const runner = dataSource.createQueryRunner();
  const [lastUsed, expiresAt, generation, id] = ['lastUsed', 'expiresAt', 'generation', 'id'].map((name) => dataSource.driver.escape(name));
  const [p1, p2, p3] = [0, 1, 2].map((index) => dataSource.driver.createParameter('p', index));
  const sql = `UPDATE ${table} SET ${lastUsed} = ${p1}, ${expiresAt} = ${p2}, ${generation} = ${generation} + 1 WHERE ${id} = ${p3}`;
  await runner.startTransaction();
  const start = performance.now();
  for (const [index, value] of ids.entries()) await runner.query(sql, [now + index, now + index + 2_592_000_000, value]);
  const elapsed = performance.now() - start;
  await runner.rollbackTransaction();
  await runner.release();
  return elapsed / ids.length;
}
