import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObjectLiteral } from 'typeorm';
import type { Database, RunStatement } from './database';
import { dialectOf } from './dialect';
import type { Table } from './table';

type Values = Record<string, unknown>;

/** A row of any table whose key is an `id`. */
export type SearchRow = ObjectLiteral;

/** One thing that rows must be, in the words of {@link Table}. */
export interface Condition {
  readonly sql: string;
  readonly values?: Values;
  /** The first column of the index that decides it without the row; none if only the row can tell. */
  readonly index?: string;
  /** Whether it asks for one value of that column, named like it, and the index goes on with `id`. */
  readonly byId?: boolean;
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

/** Conditions, and how to find what meets them. */
export interface SearchPlan {
  /** From the rarest to the most common, as far as is known. */
  readonly conditions: readonly Condition[];
  /** The first of them, if few rows meet it. */
  readonly small: Condition | null;
  /** Where it is looked for. */
  readonly run: RunStatement;
}

/** A part of an order: from a place on, up to another; null is the end. */
interface Stretch {
  readonly order: SearchOrder;
  readonly until: Position | null;
}

/** A set this small is fetched by its own index and sorted. */
const SMALL_SET = 2000;
/** So is what is left of an order when it is no more than this. */
const LITTLE = 1024;
/** Otherwise rows are looked at in stretches of an order's index, each twice as long as the one before… */
const FIRST_STRETCH = 128;
const LAST_STRETCH = 4096;
/** …while there is time: a page is never late because its rows are far apart, or the disk is slow. */
const BUDGET_MS = 10;
const COUNT_CAP = 10_000;
/** MySQL would rather read all of a smaller index, because each holds the ids too, than follow a range of ids. MariaDB sees a remark. */
const SELECT_ON_MYSQL = "SELECT /*+ SET_VAR(optimizer_switch='skip_scan=off') */";

/**
 * Finds rows page by page in bounded time, however many there are and whatever is asked. If few rows meet one of the
 * conditions, its index gives them all. If many meet each of them, the index of the order is followed until the page is
 * full or time is up: then the page says where to go on (AIP-158). What is left at the end is always looked at as a whole.
 */
export class KeysetSearch<Row extends SearchRow> {
  private readonly isMysql: boolean;
  private readonly isPostgres: boolean;

  /** @param timeColumn its order is that of the ids, so that it needs no index of its own */
  constructor(
    private readonly database: Database,
    private readonly table: Table<Row>,
    private readonly timeColumn = 'id',
  ) {
    const dialect = dialectOf(database.dataSource);
    this.isMysql = dialect === 'mysql';
    this.isPostgres = dialect === 'postgres';
  }

  /** For searches that must not be late: those of which something is done with what they find. */
  get primary(): RunStatement {
    return this.database.run;
  }

  /**
   * Learns from the indexes how many rows meet each condition: one statement, which stops counting early.
   *
   * @param run where to look. @default a replica, if there is one
   */
  async plan(given: readonly Condition[], run: RunStatement = this.database.read): Promise<SearchPlan> {
    const conditions = given.map((condition) => this.kept(condition));
    const known = conditions.filter(({ index }) => index);
    if (known.length === 0) return { conditions, small: null, run };
    // The order makes PostgreSQL take the index, even if it takes most rows for hits and hopes to meet enough of them soon.
    const probes = known.map((condition, place) => {
      const hits = `SELECT 1 AS hit FROM {table} WHERE ${condition.sql} ORDER BY ${this.indexOrder(condition)} LIMIT ${SMALL_SET + 1}`;
      return `SELECT ${place} AS place, COUNT(*) AS size FROM (${hits}) AS probe_${place}`;
    });
    const found = await this.run(run, probes.join(' UNION ALL '), valuesOf(known));
    const sizes = found.map(({ place, size }) => ({ condition: known[Number(place)] as Condition, size: Number(size) }));
    sizes.sort((a, b) => a.size - b.size);
    const rest = conditions.filter(({ index }) => !index);
    const [rarest] = sizes;
    return {
      conditions: [...sizes.map(({ condition }) => condition), ...rest],
      small: rarest && rarest.size <= SMALL_SET ? rarest.condition : null,
      run,
    };
  }

  async page(plan: SearchPlan, order: SearchOrder, limit: number): Promise<SearchPage<Row>> {
    const rows: Row[] = [];
    let end: Position | null = null;
    for await (const stretch of this.stretches(plan, order)) {
      rows.push(...(await this.rowsIn(plan, stretch, limit + 1 - rows.length)));
      end = rows.length > limit ? positionOf(rows[limit - 1] as Row, order) : stretch.until;
      if (rows.length >= limit) break;
    }
    return { rows: rows.slice(0, limit), end };
  }

  /** Everything, page by page. @param run where to look. @default a replica, if there is one */
  async *walk(conditions: readonly Condition[], order: SearchOrder, limit: number, run?: RunStatement): AsyncGenerator<Row[]> {
    const plan = await this.plan(conditions, run);
    for (let from: Position | null = order.from, first = true; first || from; first = false) {
      const { rows, end } = await this.page(plan, { ...order, from }, limit);
      yield rows;
      from = end;
      // SQLite answers at once: without a pause nobody else would get a turn.
      await nextTurn();
    }
  }

  /** How many rows there are, or different values of one column, or that there are at least so many. */
  async count(plan: SearchPlan, { direction }: SearchOrder, distinct?: string): Promise<Total> {
    if (!distinct && isDecidedByOneIndex(plan)) return this.countInOneGo(plan);
    const seen = new Set<unknown>();
    let size = 0;
    // Neighbours by id are neighbours on the disk.
    for await (const stretch of this.stretches(plan, { sort: 'id', direction, from: null })) {
      if (distinct) for (const value of await this.valuesIn(plan, stretch, distinct)) seen.add(value);
      size = distinct ? seen.size : size + (await this.countIn(plan, stretch));
      if (size > COUNT_CAP) break;
      if (!stretch.until) return { value: size, capped: false };
    }
    return { value: Math.min(size, COUNT_CAP), capped: true };
  }

  private async countInOneGo({ conditions, run }: SearchPlan): Promise<Total> {
    const size = await this.countHits(run, `{table} WHERE ${allOf(conditions)} ORDER BY ${this.indexOrder(conditions[0])}`, valuesOf(conditions));
    return { value: Math.min(size, COUNT_CAP), capped: size > COUNT_CAP };
  }

  /** All that is left of an order, if that is not much; else stretches from its place on, until everything was seen or time is up. */
  private async *stretches(plan: SearchPlan, order: SearchOrder): AsyncGenerator<Stretch> {
    if (!(await this.findEnd(plan, order, LITTLE))) {
      yield { order, until: null };
      return;
    }
    const deadline = performance.now() + BUDGET_MS;
    let from = order.from;
    for (let size = FIRST_STRETCH; size <= LAST_STRETCH; size *= 2) {
      const start = performance.now();
      const until = await this.findEnd(plan, { ...order, from }, size);
      yield { order: { ...order, from }, until };
      const end = performance.now();
      // The next one will take twice as long.
      if (!until || end + 2 * (end - start) > deadline) return;
      from = until;
    }
  }

  /** The place after `size` rows of an order; null when fewer are left, and when every row on the way is a hit anyway. */
  private async findEnd(plan: SearchPlan, order: SearchOrder, size: number): Promise<Position | null> {
    const along = this.conditionsAlong(plan, order);
    if (this.smallFor(plan, order) || along.length === plan.conditions.length) return null;
    const { where, values } = this.clauses({ ...plan, conditions: along, small: null }, { order, until: null });
    const sql = `SELECT {${order.sort}} AS place, {id} AS id FROM {table} WHERE ${where} ORDER BY ${this.orderBy(plan, order)} LIMIT 1 OFFSET ${size - 1}`;
    const [last] = await this.run(plan.run, sql, values);
    return last ? { value: Number(last.place), id: this.table.read('id', last.id) as string } : null;
  }

  private async rowsIn(plan: SearchPlan, stretch: Stretch, limit: number): Promise<Row[]> {
    const { source, where, values } = this.clauses(plan, stretch);
    const sql = `SELECT {*} FROM ${source} WHERE ${where} ORDER BY ${this.orderBy(plan, stretch.order)} LIMIT ${limit}`;
    return (await this.run(plan.run, sql, values)).map((record) => this.table.hydrate(record));
  }

  private countIn(plan: SearchPlan, stretch: Stretch): Promise<number> {
    const { source, where, values } = this.clauses(plan, stretch);
    return this.countHits(plan.run, `${source} WHERE ${where} ORDER BY {id}`, values);
  }

  private async countHits(run: RunStatement, hits: string, values: Values): Promise<number> {
    const [found] = await this.run(run, `SELECT COUNT(*) AS size FROM (SELECT 1 AS hit FROM ${hits} LIMIT ${COUNT_CAP + 1}) AS counted`, values);
    return Number(found?.size);
  }

  private async valuesIn(plan: SearchPlan, stretch: Stretch, column: string): Promise<unknown[]> {
    const { source, where, values } = this.clauses(plan, stretch);
    return (await this.run(plan.run, `SELECT {${column}} AS value FROM ${source} WHERE ${where} LIMIT ${COUNT_CAP + 1}`, values)).map(
      ({ value }) => value,
    );
  }

  /**
   * PostgreSQL drops a column with one known value from the order, and may then follow the ids of all rows for very long
   * until it meets some with that value. It does not see that two values are one.
   */
  private kept(condition: Condition): Condition {
    const { index, byId } = condition;
    return byId && this.isPostgres ? { ...condition, sql: `{${index}} IN (:${index}, :${index})` } : condition;
  }

  private clauses(plan: SearchPlan, { order, until }: Stretch) {
    const { conditions } = plan;
    const limits = [...(order.from ? [this.after(order, order.from)] : []), ...(until ? [this.upTo(order, until)] : [])];
    const along = [...this.conditionsAlong(plan, order), ...limits];
    const values = valuesOf([...conditions, ...limits]);
    const where = allOf([...conditions, ...limits]);
    const fenced = this.isMysql ? fenceOfIds : fence;
    const small = this.smallFor(plan, order);
    if (small) return { source: fenced([small], this.indexOrder(small)), where, values };
    const isDecidedAlong = conditions.every((condition) => along.includes(condition));
    return { source: isDecidedAlong ? '{table}' : fenced(along, this.orderBy(plan, order)), where, values };
  }

  /** The small set to begin with, unless its index is in the wanted order already. */
  private smallFor({ small }: SearchPlan, order: SearchOrder): Condition | null {
    return small?.byId && this.isById(order) ? null : small;
  }

  /** The conditions that an index in this order decides, so that no row on the way is in vain. */
  private conditionsAlong(plan: SearchPlan, order: SearchOrder): Condition[] {
    const byId = this.isById(order);
    const prefix = byId ? this.prefixOf(plan) : undefined;
    return plan.conditions.filter((condition) => condition === prefix || condition.index === (byId ? 'id' : order.sort));
  }

  private after(order: SearchOrder, { value, id, inclusive }: Position): Condition {
    return {
      sql: this.compare(order, order.direction === 'asc' ? '>' : '<', 'after', inclusive ? '=' : ''),
      values: { afterValue: value, 'id.after': id },
    };
  }

  private upTo(order: SearchOrder, { value, id }: Position): Condition {
    return { sql: this.compare(order, order.direction === 'asc' ? '<' : '>', 'until', '='), values: { untilValue: value, 'id.until': id } };
  }

  private compare(order: SearchOrder, sign: '<' | '>', name: string, orEqual: '' | '='): string {
    const { sort } = order;
    if (this.isById(order)) return `{id} ${sign}${orEqual} :id.${name}`;
    // MySQL and MariaDB find a tuple's place in an index only when it is spelt out.
    if (!this.isMysql) return `({${sort}}, {id}) ${sign}${orEqual} (:${name}Value, :id.${name})`;
    return `{${sort}} ${sign} :${name}Value OR ({${sort}} = :${name}Value AND {id} ${sign}${orEqual} :id.${name})`;
  }

  private orderBy(plan: SearchPlan, order: SearchOrder): string {
    if (!this.isById(order)) return `{${order.sort}} ${order.direction}, {id} ${order.direction}`;
    const kept = this.isPostgres && this.prefixOf(plan)?.index;
    return `${kept ? `{${kept}} ${order.direction}, ` : ''}{id} ${order.direction}`;
  }

  /** An order in which the index of a condition has its rows. */
  private indexOrder({ index, byId }: Condition = { sql: '', index: 'id' }): string {
    if (!byId) return `{${index}}`;
    return this.isPostgres ? `{${index}}, {id}` : '{id}';
  }

  /** The condition whose index is in the order of the ids. */
  private prefixOf({ conditions }: SearchPlan): Condition | undefined {
    return conditions.find(({ byId }) => byId);
  }

  private isById({ sort }: SearchOrder): boolean {
    return sort === 'id' || sort === this.timeColumn;
  }

  private async run(run: RunStatement, template: string, values: Values): Promise<Values[]> {
    const { sql, bind } = this.table.prepare(this.isMysql ? template.replace('SELECT', SELECT_ON_MYSQL) : template);
    return (await run(sql, bind(values))).rows;
  }
}

/** Where a row stands in an order. */
export function positionOf(row: SearchRow, { sort }: Pick<SearchOrder, 'sort'>): Position {
  const value: unknown = row[sort];
  return { value: value instanceof Date ? value.getTime() : 0, id: row.id as string };
}

/** Rows found by one index only: left alone, each database guesses badly at times how many meet a condition, and takes another. */
function fence(conditions: readonly Condition[], order: string): string {
  return `(SELECT * FROM {table} WHERE ${allOf(conditions)} ORDER BY ${order} LIMIT ${COUNT_CAP}) AS stretch`;
}

/** The same for MySQL and MariaDB, which copy all that stands in brackets. */
function fenceOfIds(conditions: readonly Condition[], order: string): string {
  const ids = `SELECT {id} AS candidate_id FROM {table} WHERE ${allOf(conditions)} ORDER BY ${order} LIMIT ${COUNT_CAP}`;
  return `(${ids}) AS candidates STRAIGHT_JOIN {table} ON candidates.candidate_id = {id}`;
}

function isDecidedByOneIndex({ conditions }: SearchPlan): boolean {
  return conditions.every(({ index }) => index && index === conditions[0]?.index);
}

function allOf(conditions: readonly Condition[]): string {
  return conditions.map(({ sql }) => `(${sql})`).join(' AND ') || '1 = 1';
}

function valuesOf(conditions: readonly Condition[]): Values {
  return Object.assign({}, ...conditions.map(({ values }) => values)) as Values;
}
