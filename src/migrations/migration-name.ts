import { DEFAULT_TABLE_NAME, type TableOptions } from '../storage/table-options';

/** A name per table, so that two tables in one database are both made. TypeORM reads the time at its end. */
export function migrationName(what: string, { name = DEFAULT_TABLE_NAME }: TableOptions, time: number): string {
  return `${what}${name === DEFAULT_TABLE_NAME ? '' : `_${name}_`}${time}`;
}
