import type { ObjectLiteral } from 'typeorm';
import type { Database } from './database';
import type { Table } from './table';

type Values = Record<string, unknown>;

/** A row of any table whose key is an `id`. */
export type SearchRow = ObjectLiteral;

/** One thing that rows must be, in the words of {@link Table}. */
export interface Condition {
  readonly sql: string;
  readonly values?: Values;
  /** The column it is about, when it says nothing about another. */
  readonly column?: string;
  /** Whether an index finds the rows that meet it; `by-id` if it has them in the order of their ids. */
  readonly indexed?: boolean | 'by-id';
}

/** A place in an order: its sort value and the id that breaks ties. */
export interface Position {
  readonly value: number;
  readonly id: string;
  /** Whether the place itself belongs to what follows. @default false */
  readonly inclusive?: boolean;
}

/** An order by one indexed column, or by the id itself, from a place on. */
export interface SearchOrder {
  readonly sort: string;
  readonly direction: 'asc' | 'desc';
  readonly from: Position | null;
}

export interface SearchPage<Row> {
  readonly rows: Row[];
  /** Where to go on; null when everything was seen. A page that is not full may still have one. */
  readonly end: Position | null;
}

/** A number of rows; with `capped`, at least so many. */
export interface Total {
  readonly value: number;
  readonly capped: boolean;
}

/** Conditions, and the one of them that few rows meet. */
export interface SearchPlan {
  readonly conditions: readonly Condition[];
  readonly small: Condition | null;
}

/** A set this small is fetched by its own index and sorted. */
const SMALL_SET = 5000;
/** Otherwise no more rows than this are looked at, along the index of the order. */
const WINDOW = 10_000;
const COUNT_CAP = 10_000;

/**
 * Finds rows page by page in bounded time, however many there are and whatever is asked. If few rows meet one of the
 * conditions, its index gives them all. If many meet each of them, the index of the order is followed until the page is
 * full, or {@link WINDOW} rows were looked at: then the page says where to go on (AIP-158).
 */
export class KeysetSearch<Row extends SearchRow> {
  private readonly comparesTuples: boolean;

  constructor(
    private readonly database: Database,
    private readonly table: Table<Row>,
  ) {
    // MySQL and MariaDB find a tuple's place in an index only when it is spelt out.
    this.comparesTuples = !['mysql', 'mariadb'].includes(database.dataSource.options.type);
  }

  /** Looks for a condition that few rows meet: one statement, which stops counting early. */
  async plan(conditions: readonly Condition[]): Promise<SearchPlan> {
    const choices = conditions.filter(({ indexed }) => indexed);
    if (choices.length === 0) return { conditions, small: null };
    const probes = choices.map(
      ({ sql }, index) =>
        `SELECT ${index} AS choice, COUNT(*) AS size FROM (SELECT {id} FROM {table} WHERE ${sql} LIMIT ${SMALL_SET + 1}) AS probe_${index}`,
    );
    const found = await this.run(probes.join(' UNION ALL '), valuesOf(choices));
    const sizes = found.map(({ choice, size }) => ({ choice: Number(choice), size: Number(size) })).sort((a, b) => a.size - b.size);
    const [smallest] = sizes;
    return { conditions, small: smallest && smallest.size <= SMALL_SET ? (choices[smallest.choice] ?? null) : null };
  }

  async page(plan: SearchPlan, order: SearchOrder, limit: number): Promise<SearchPage<Row>> {
    const until = await this.findWindowEnd(plan, order, WINDOW);
    const { source, where, values } = this.clauses(plan, order, until);
    const sql = `SELECT {*} FROM ${source} WHERE ${where} ORDER BY ${orderBy(order)} LIMIT ${limit + 1}`;
    const rows = (await this.run(sql, values)).map((record) => this.table.hydrate(record));
    const isFull = rows.length > limit;
    return { rows: rows.slice(0, limit), end: isFull ? positionOf(rows[limit - 1] as Row, order) : until };
  }

  /** Everything, page by page. */
  async *walk(conditions: readonly Condition[], order: SearchOrder, limit: number): AsyncGenerator<Row[]> {
    const plan = await this.plan(conditions);
    for (let from: Position | null = order.from, first = true; first || from; first = false) {
      const { rows, end } = await this.page(plan, { ...order, from }, limit);
      yield rows;
      from = end;
    }
  }

  /** How many rows there are, or different values of one column, or that there are at least so many. */
  async count(plan: SearchPlan, order: SearchOrder, distinct?: string): Promise<Total> {
    const whole = { ...order, from: null };
    const until = await this.findWindowEnd(plan, whole, WINDOW);
    const { source, where, values } = this.clauses(plan, whole, until);
    const rows = `SELECT {${distinct ?? 'id'}} AS place FROM ${source} WHERE ${where} LIMIT ${COUNT_CAP + 1}`;
    const [found] = await this.run(`SELECT COUNT(*) AS size, COUNT(DISTINCT place) AS places FROM (${rows}) AS counted`, values);
    const size = Number(found?.size);
    return { value: Math.min(Number(found?.places), COUNT_CAP), capped: until !== null || size > COUNT_CAP };
  }

  /** The place after `size` rows of an order; null when fewer are left, and when every row on the way is a hit anyway. */
  private async findWindowEnd({ conditions, small }: SearchPlan, order: SearchOrder, size: number): Promise<Position | null> {
    const along = conditionsAlong(conditions, order);
    if (small || along.length === conditions.length) return null;
    const { where, values } = this.clauses({ conditions: along, small: null }, order, null);
    const sql = `SELECT {${order.sort}} AS place, {id} AS id FROM {table} WHERE ${where} ORDER BY ${orderBy(order)} LIMIT 1 OFFSET ${size - 1}`;
    const [last] = await this.run(sql, values);
    return last ? { value: Number(last.place), id: String(last.id) } : null;
  }

  private clauses({ conditions, small }: SearchPlan, order: SearchOrder, until: Position | null) {
    const limits = [...(order.from ? [this.after(order, order.from)] : []), ...(until ? [this.upTo(order, until)] : [])];
    const all = [...conditions, ...limits];
    return {
      source: small
        ? `{table} JOIN (SELECT {id} AS candidate_id FROM {table} WHERE ${small.sql} LIMIT ${WINDOW}) AS candidates ON candidates.candidate_id = {id}`
        : '{table}',
      where: all.map(({ sql }) => `(${sql})`).join(' AND ') || '1 = 1',
      // The small set's condition comes first in the text, and once more among all of them.
      values: valuesOf(all),
    };
  }

  private after({ sort, direction }: SearchOrder, { value, id, inclusive }: Position): Condition {
    return { sql: this.compare(sort, direction === 'asc' ? '>' : '<', 'from', inclusive ? '=' : ''), values: { fromValue: value, fromId: id } };
  }

  private upTo({ sort, direction }: SearchOrder, { value, id }: Position): Condition {
    return { sql: this.compare(sort, direction === 'asc' ? '<' : '>', 'until', '='), values: { untilValue: value, untilId: id } };
  }

  private compare(sort: string, sign: '<' | '>', name: string, orEqual: '' | '='): string {
    if (sort === 'id') return `{id} ${sign}${orEqual} :${name}Id`;
    if (this.comparesTuples) return `({${sort}}, {id}) ${sign}${orEqual} (:${name}Value, :${name}Id)`;
    return `{${sort}} ${sign} :${name}Value OR ({${sort}} = :${name}Value AND {id} ${sign}${orEqual} :${name}Id)`;
  }

  private async run(template: string, values: Values): Promise<Values[]> {
    const { sql, bind } = this.table.prepare(template);
    return (await this.database.run(sql, bind(values))).rows;
  }
}

/** Where a row stands in an order. */
export function positionOf(row: SearchRow, { sort }: Pick<SearchOrder, 'sort'>): Position {
  const value: unknown = row[sort];
  return { value: value instanceof Date ? value.getTime() : 0, id: row.id as string };
}

/** The conditions that an index in this order takes into account, so that no row on the way is in vain. */
function conditionsAlong(conditions: readonly Condition[], { sort }: SearchOrder): Condition[] {
  const prefix = sort === 'id' ? conditions.find(({ indexed }) => indexed === 'by-id') : undefined;
  return conditions.filter((condition) => condition === prefix || condition.column === sort);
}

function orderBy({ sort, direction }: SearchOrder): string {
  return sort === 'id' ? `{id} ${direction}` : `{${sort}} ${direction}, {id} ${direction}`;
}

function valuesOf(conditions: readonly Condition[]): Values {
  return Object.assign({}, ...conditions.map(({ values }) => values)) as Values;
}
