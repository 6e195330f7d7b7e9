import type { ObjectLiteral } from 'typeorm';
import { Table } from '../../src/storage/table';
import type { RunningApp } from './stack';

const BATCH = 1000;

/** Puts many rows into a table, as the module would. */
export async function insertRows<Row extends ObjectLiteral>({ dataSource }: RunningApp, entity: new () => Row, rows: readonly Row[]): Promise<void> {
  const table = new Table(dataSource, entity);
  for (let start = 0; start < rows.length; start += BATCH) {
    const { sql, parameters } = table.insert(rows.slice(start, start + BATCH));
    await dataSource.query(sql, parameters);
  }
}
