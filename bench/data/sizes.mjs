// What a row takes on the disk, with its indexes.
import { RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';

const QUERIES = {
  postgres: (table) => `SELECT pg_total_relation_size('${table}') AS size, pg_relation_size('${table}') AS data`,
  mysql: (table) =>
    `SELECT data_length + index_length AS size, data_length AS data FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '${table}'`,
  'better-sqlite3': (table) =>
    `SELECT SUM(pgsize) AS size, SUM(CASE WHEN name = '${table}' THEN pgsize ELSE 0 END) AS data FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = '${table}')`,
};

/** @returns bytes of a row of each table, with all indexes and alone */
export async function bytesPerRow({ dataSource, rows, events }) {
  const query = QUERIES[dataSource.options.type] ?? QUERIES.mysql;
  const result = {};
  for (const [entity, count] of [
    [RefreshToken, rows],
    [RefreshTokenEventRecord, events],
  ]) {
    const { tablePath } = dataSource.getMetadata(entity);
    const [found] = await dataSource.query(query(tablePath));
    result[tablePath] = { all: Math.round(Number(found.size) / count), data: Math.round(Number(found.data) / count) };
  }
  return result;
}
