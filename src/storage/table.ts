import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata';

type Values = Record<string, unknown>;
type Convert = (value: unknown) => unknown;

/** A statement written once, run often. */
export interface PreparedStatement {
  readonly sql: string;
  /** Puts named values in the order of the statement's placeholders. */
  readonly bind: (values: Values) => unknown[];
}

/** Parameters for `IN (…)`: their names in the template, and their values. */
export function listed(property: string, members: readonly unknown[]): { names: string; values: Values } {
  const values = Object.fromEntries(members.map((member, index) => [`${property}.${index}`, member]));
  const names = Object.keys(values).map((name) => `:${name}`);
  return { names: names.join(', '), values };
}

/**
 * Speaks SQL about one entity in words that hold on all four databases: `{table}`, `{property}` for a column, `{*}` for
 * all columns, `:property` for a parameter, `:property.name` for another of the same kind. Names come from the entity, so a host's own table and column names just work.
 */
export class Table<Row extends ObjectLiteral> {
  private readonly metadata;
  /** How each column's values are read, found out once: it is done for every column of every row. */
  private readonly readers: ReadonlyMap<string, Convert>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly entity: EntityTarget<Row> & (new () => Row),
  ) {
    this.metadata = dataSource.getMetadata(entity);
    this.readers = new Map(this.metadata.columns.map((column) => [column.propertyName, this.readerOf(column)]));
  }

  get name(): string {
    return this.metadata.tablePath;
  }

  prepare(template: string): PreparedStatement {
    const names: string[] = [];
    // In one go: a host's own column may be called a:b.
    const sql = template.replace(/\{(\*|\w+)\}|:(\w+(?:\.\w+)?)/g, (_, identifier: string | undefined, parameter: string) =>
      identifier ? this.identifier(identifier) : this.placeholder(names, parameter),
    );
    const writers = names.map((name) => [name, this.writerOf(name)] as const);
    return { sql, bind: (values) => writers.map(([name, write]) => write(values[name])) };
  }

  /** One INSERT for any number of rows. */
  insert(rows: readonly Row[]): { sql: string; parameters: unknown[] } {
    const columns = this.metadata.columns;
    const parameters: unknown[] = [];
    const next = (value: unknown) => this.dataSource.driver.createParameter('p', parameters.push(value) - 1);
    const writers = columns.map(({ propertyName }) => [propertyName, this.writerOf(propertyName)] as const);
    const tuples = rows.map((row) => `(${writers.map(([name, write]) => next(write(row[name]))).join(', ')})`);
    const names = columns.map(({ propertyName }) => this.identifier(propertyName)).join(', ');
    return { sql: `INSERT INTO ${this.identifier('table')} (${names}) VALUES ${tuples.join(', ')}`, parameters };
  }

  hydrate(record: Values): Row {
    const row = new this.entity();
    const values: Values = row;
    for (const [property, read] of this.readers) values[property] = read(record[property]);
    return row;
  }

  /** A value of one column as the entity has it. */
  read(property: string, value: unknown): unknown {
    return (this.readers.get(property) as Convert)(value);
  }

  private identifier(name: string): string {
    const { driver } = this.dataSource;
    const escape = (part: string) => driver.escape(part);
    if (name === 'table') return this.metadata.tablePath.split('.').map(escape).join('.');
    if (name === '*') return this.metadata.columns.map((column) => `${escape(column.databaseName)} AS ${escape(column.propertyName)}`).join(', ');
    return escape(this.columnOf(name).databaseName);
  }

  private placeholder(names: string[], name: string): string {
    return this.dataSource.driver.createParameter(name, names.push(name) - 1);
  }

  /** As TypeORM does it, but for columns with a transformer, which need nothing else. */
  private readerOf(column: ColumnMetadata): Convert {
    const { transformer } = column;
    if (transformer && 'from' in transformer) return (value) => transformer.from(value) as unknown;
    return column.type === 'boolean' ? (value) => this.dataSource.driver.prepareHydratedValue(value, column) as unknown : (value) => value ?? null;
  }

  /** A value as the driver wants it: through the column's own conversion when the parameter is named like a property. */
  private writerOf(name: string): Convert {
    const [property = name] = name.split('.', 1);
    const column = this.metadata.findColumnWithPropertyName(property);
    if (!column) return (value) => (value instanceof Date ? value.getTime() : value);
    const { transformer } = column;
    if (transformer && 'to' in transformer) return (value) => transformer.to(value ?? null) as unknown;
    if (column.type !== 'boolean') return (value) => value ?? null;
    return (value) => this.dataSource.driver.preparePersistentValue(value ?? null, column) as unknown;
  }

  private columnOf(property: string) {
    const column = this.metadata.findColumnWithPropertyName(property);
    if (!column) throw new Error(`${this.metadata.name} has no property ${property}`);
    return column;
  }
}
