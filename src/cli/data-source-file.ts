import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DataSource } from 'typeorm';

/**
 * The data source that a file exports, as TypeORM's command line takes it: by any name, in a CommonJS or an ES module,
 * or a promise of it. It should not be connected yet: what it does to the database then, it has done.
 *
 * @throws Error with what to do
 */
export async function loadDataSource(file: string): Promise<DataSource> {
  const loaded = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  // The exports of a CommonJS module are its default too.
  const exported = [loaded.default, ...Object.values(loaded), ...Object.values((loaded.default ?? {}) as Record<string, unknown>)];
  const found = new Set((await Promise.all(exported)).filter(isDataSource));
  const [dataSource] = found;
  if (!dataSource || found.size > 1)
    throw new Error(`${file} must export one DataSource, as for the command line of TypeORM, and exports ${found.size}`);
  return dataSource;
}

/** The host's TypeORM is not always the one that is found from here, so the class can't be asked. */
const isDataSource = (value: unknown): value is DataSource => typeof (value as DataSource | undefined)?.getMetadata === 'function';
