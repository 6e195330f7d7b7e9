// What the indexes cost a rotation: its UPDATE on the module's table, and on a copy that has the index on subject only.
import { RefreshToken } from 'nestjs-jwt-refresh';
import { randomFrom } from './dataset.mjs';

const COPY = 'refresh_tokens_plain';
const UPDATES = 5000;

/** @returns milliseconds an UPDATE */
export async function indexCost({ dataSource, now }) {
  await copy(dataSource);
  const ids = await randomIds(dataSource);
  const [plain, indexed] = [COPY, dataSource.getMetadata(RefreshToken).tablePath].map((table) => () => timeUpdates(dataSource, table, ids, now));
  const result = { plain: await plain(), indexed: await indexed() };
  await dataSource.query(`DROP TABLE ${COPY}`);
  return result;
}

async function copy(dataSource) {
  const id = dataSource.driver.escape('id');
  await dataSource.query(`DROP TABLE IF EXISTS ${COPY}`);
  await dataSource.query(`CREATE TABLE ${COPY} AS SELECT * FROM refresh_tokens`);
  if (dataSource.options.type === 'better-sqlite3') await dataSource.query(`CREATE UNIQUE INDEX ${COPY}_id ON ${COPY} (${id})`);
  else await dataSource.query(`ALTER TABLE ${COPY} ADD PRIMARY KEY (${id})`);
  await dataSource.query(`CREATE INDEX ${COPY}_subject ON ${COPY} (subject, ${id})`);
}

async function randomIds(dataSource) {
  const all = await dataSource.query(`SELECT ${dataSource.driver.escape('id')} AS id FROM refresh_tokens`);
  const random = randomFrom(4);
  return Array.from({ length: UPDATES }, () => all[Math.floor(random() * all.length)].id);
}

/** In one transaction, so that the disk's own delay at each commit hides nothing. */
async function timeUpdates(dataSource, table, ids, now) {
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
