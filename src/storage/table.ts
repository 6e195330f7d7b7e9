import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

type Values = Record<string, unknown>;

/** A statement written once, run often. */
export interface PreparedStatement {
  readonly sql: string;
  /** Puts named values in the order of the statement's placeholders. */
  readonly bind: (values: Values) => unknown[];
}

/** Parameters for `IN (…)`: their names in the template, and their values. */
export function listed(prefix: string, members: readonly unknown[]): { names: string; values: Values } {
  const values = Object.fromEntries(members.map((member, index) => [`${prefix}${index}`, member]));
  const names = Object.keys(values).map((name) => `:${name}`);
  return { names: names.join(', '), values };
}

/**
 * Speaks SQL about one entity in words that hold on all four databases: `{table}`, `{property}` for a column, `{*}` for
 * all columns, `:value` for a parameter. Names come from the entity, so a host's own table and column names just work.
 */
export class Table<Row extends ObjectLiteral> {
  private readonly metadata;

  constructor(
    private readonly dataSource: DataSource,
    private readonly entity: EntityTarget<Row> & (new () => Row),
  ) {
    this.metadata = dataSource.getMetadata(entity);
  }

  get name(): string {
    return this.metadata.tablePath;
  }

  prepare(template: string): PreparedStatement {
    const names: string[] = [];
    const sql = template
      .replace(/\{(\*|\w+)\}/g, (_, name: string) => this.identifier(name))
      .replace(/:(\w+)/g, (_, name: string) => this.placeholder(names, name));
    return { sql, bind: (values) => names.map((name) => this.persisted(name, values[name])) };
  }

  /** One INSERT for any number of rows. */
  insert(rows: readonly Row[]): { sql: string; parameters: unknown[] } {
    const columns = this.metadata.columns;
    const parameters: unknown[] = [];
    const next = (value: unknown) => this.dataSource.driver.createParameter('p', parameters.push(value) - 1);
    const tuples = rows.map((row) => `(${columns.map(({ propertyName }) => next(this.persisted(propertyName, row[propertyName]))).join(', ')})`);
    const names = columns.map(({ propertyName }) => this.identifier(propertyName)).join(', ');
    return { sql: `INSERT INTO ${this.identifier('table')} (${names}) VALUES ${tuples.join(', ')}`, parameters };
  }

  hydrate(record: Values): Row {
    const row = new this.entity();
    const values: Values = row;
    for (const column of this.metadata.columns) {
      values[column.propertyName] = this.dataSource.driver.prepareHydratedValue(record[column.propertyName], column);
    }
    return row;
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

  /** A value as the driver wants it: through the column's own conversion when the parameter is named like a property. */
  private persisted(name: string, value: unknown): unknown {
    const column = this.metadata.findColumnWithPropertyName(name);
    if (column) return this.dataSource.driver.preparePersistentValue(value ?? null, column) as unknown;
    return value instanceof Date ? value.getTime() : value;
  }

  private columnOf(property: string) {
    const column = this.metadata.findColumnWithPropertyName(property);
    if (!column) throw new Error(`${this.metadata.name} has no property ${property}`);
    return column;
  }
}
