import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, RunStatement } from './database';
import { dialectOf } from './dialect';
import {
  allOf,
  type Condition,
  isDecidedByOneIndex,
  type Position,
  positionOf,
  type SearchOrder,
  type SearchPlan,
  type SearchRow,
  type Stretch,
  valuesOf,
} from './search-plan';
import { SearchSql } from './search-sql';
import type { Table } from './table';

type Values = Record<string, unknown>;

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

/**
 * Finds rows page by page in bounded time, however many there are and whatever is asked. If few rows meet one of the
 * conditions, its index gives them all. If many meet each of them, the index of the order is followed until the page is
 * full or time is up: then the page says where to go on (AIP-158). What is left at the end is always looked at as a whole.
 */
export class KeysetSearch<Row extends SearchRow> {
  private readonly sql: SearchSql;

  /** @param timeColumn its order is that of the ids, so that it needs no index of its own */
  constructor(
    private readonly database: Database,
    private readonly table: Table<Row>,
    timeColumn = 'id',
  ) {
    this.sql = new SearchSql(dialectOf(database.dataSource), timeColumn);
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
    const conditions = given.map((condition) => this.sql.condition(condition));
    const known = conditions.filter(({ index }) => index);
    if (known.length === 0) return { conditions, small: null, run };
    // The order makes PostgreSQL take the index, even if it takes most rows for hits and hopes to meet enough of them soon.
    const probes = known.map((condition, place) => {
      const hits = `SELECT 1 AS hit FROM {table} WHERE ${condition.sql} ORDER BY ${this.sql.indexOrder(condition)} LIMIT ${SMALL_SET + 1}`;
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
    const size = await this.countHits(run, `{table} WHERE ${allOf(conditions)} ORDER BY ${this.sql.indexOrder(conditions[0])}`, valuesOf(conditions));
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
    const along = this.sql.conditionsAlong(plan, order);
    if (this.sql.smallFor(plan, order) || along.length === plan.conditions.length) return null;
    const { where, values } = this.sql.clauses({ ...plan, conditions: along, small: null }, { order, until: null });
    const sql = `SELECT {${order.sort}} AS place, {id} AS id FROM {table} WHERE ${where} ORDER BY ${this.sql.orderBy(plan, order)} LIMIT 1 OFFSET ${size - 1}`;
    const [last] = await this.run(plan.run, sql, values);
    return last ? { value: Number(last.place), id: this.table.read('id', last.id) as string } : null;
  }

  private async rowsIn(plan: SearchPlan, stretch: Stretch, limit: number): Promise<Row[]> {
    const { source, where, values } = this.sql.clauses(plan, stretch);
    const sql = `SELECT {*} FROM ${source} WHERE ${where} ORDER BY ${this.sql.orderBy(plan, stretch.order)} LIMIT ${limit}`;
    return (await this.run(plan.run, sql, values)).map((record) => this.table.hydrate(record));
  }

  private countIn(plan: SearchPlan, stretch: Stretch): Promise<number> {
    const { source, where, values } = this.sql.clauses(plan, stretch);
    return this.countHits(plan.run, `${source} WHERE ${where} ORDER BY {id}`, values);
  }

  private async countHits(run: RunStatement, hits: string, values: Values): Promise<number> {
    const [found] = await this.run(run, `SELECT COUNT(*) AS size FROM (SELECT 1 AS hit FROM ${hits} LIMIT ${COUNT_CAP + 1}) AS counted`, values);
    return Number(found?.size);
  }

  private async valuesIn(plan: SearchPlan, stretch: Stretch, column: string): Promise<unknown[]> {
    const { source, where, values } = this.sql.clauses(plan, stretch);
    return (await this.run(plan.run, `SELECT {${column}} AS value FROM ${source} WHERE ${where} LIMIT ${COUNT_CAP + 1}`, values)).map(
      ({ value }) => value,
    );
  }

  private async run(run: RunStatement, template: string, values: Values): Promise<Values[]> {
    const { sql, bind } = this.table.prepare(this.sql.statement(template));
    return (await run(sql, bind(values))).rows;
  }
}
