// Fills the module's tables fast: rows go in by the thousand in the order of their ids, secondary indexes are built afterwards.
import { RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import { setTimeout as wait } from 'node:timers/promises';
import { TableIndex } from 'typeorm';
import { counts, events, families } from './dataset.mjs';

const BATCH = 1000;
const LONGEST_SETTLING_MS = 60_000;

/**
 * @param rows of families
 * @param events of the audit log
 * @param now the module's clock
 */
export async function fill(dataSource, { rows, events: lines, now }) {
  const sessions = [];
  const remember = function* (all) {
    for (const row of all) {
      if (sessions.length < 300_000) sessions.push([row.id, row.subject]);
      yield row;
    }
  };
  await fillTable(dataSource, RefreshToken, remember(families(rows, now)));
  await fillTable(dataSource, RefreshTokenEventRecord, events(lines, sessions, now));
  await fillTable(dataSource, 'refresh_token_stats', counts(now));
}

export async function fillTable(dataSource, entity, rows) {
  const { tablePath, indices, columns } = dataSource.getMetadata(entity);
  const runner = dataSource.createQueryRunner();
  try {
    const table = await runner.getTable(tablePath);
    // What TypeORM reads from PostgreSQL has forgotten the order of the columns.
    const built = indices.map((index) => TableIndex.create(index));
    for (const { name } of built) await runner.dropIndex(table, name);
    if (dataSource.options.type === 'mysql') await runner.query('SET SESSION sql_log_bin = 0');
    await insertAll(runner, rows, insertInto(dataSource, tablePath, columns));
    for (const index of built) await runner.createIndex(table, index);
    await settle(runner, dataSource.driver.escape(tablePath), dataSource.options.type);
  } finally {
    await runner.release();
  }
}

/** The rows hold nothing that needs to be escaped. */
function insertInto(dataSource, tablePath, columns) {
  const names = columns.map(({ databaseName }) => dataSource.driver.escape(databaseName)).join(', ');
  const bytes = dataSource.options.type === 'postgres' ? (hex) => `'\\x${hex}'` : (hex) => `x'${hex}'`;
  const literal = (value, { transformer }) => {
    if (typeof value !== 'string') return String(value).toUpperCase();
    const stored = transformer?.to(value);
    return Buffer.isBuffer(stored) ? bytes(stored.toString('hex')) : `'${value}'`;
  };
  const tuple = (row) => `(${columns.map((column) => literal(row[column.propertyName], column)).join(',')})`;
  return (batch) => `INSERT INTO ${dataSource.driver.escape(tablePath)} (${names}) VALUES ${batch.map(tuple).join(',')}`;
}

async function insertAll(runner, rows, statement) {
  let batch = [];
  let pending = 0;
  const flush = async () => {
    if (batch.length > 0) await runner.query(statement(batch));
    batch = [];
  };
  await runner.startTransaction();
  for (const row of rows) {
    if (batch.push(row) === BATCH) await flush();
    // An undo log of a million rows helps nobody.
    if (++pending % 100_000 === 0) await runner.commitTransaction().then(() => runner.startTransaction());
  }
  await flush();
  await runner.commitTransaction();
}

/** What each server does by itself in the course of time; SQLite does nothing. */
async function settle(runner, table, type) {
  if (type === 'better-sqlite3') return;
  await runner.query(type === 'postgres' ? `VACUUM ANALYZE ${table}` : `ANALYZE TABLE ${table}`);
  if (type !== 'postgres') await pagesAreWritten(runner);
}

/** InnoDB still writes what it was filled with. MySQL goes on until nothing is left, MariaDB keeps some. */
async function pagesAreWritten(runner) {
  const deadline = performance.now() + LONGEST_SETTLING_MS;
  const dirty = async () => (await runner.query(`SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'`))[0].Value;
  while (Number(await dirty()) > 100 && performance.now() < deadline) await wait(500);
}
