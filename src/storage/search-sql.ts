import type { Dialect } from './dialect';
import { allOf, type Condition, type Position, type SearchOrder, type SearchPlan, type Stretch, valuesOf } from './search-plan';

/** A stretch is fenced off with at most so many rows, far more than it has. */
const MOST_IN_FENCE = 10_000;
/** MySQL would rather read all of a smaller index, because each holds the ids too, than follow a range of ids. MariaDB sees a remark. */
const SELECT_ON_MYSQL = "SELECT /*+ SET_VAR(optimizer_switch='skip_scan=off') */";

/** Words a search so that each database takes the index that is meant. */
export class SearchSql {
  private readonly isMysql: boolean;
  private readonly isPostgres: boolean;

  constructor(
    dialect: Dialect,
    private readonly timeColumn: string,
  ) {
    this.isMysql = dialect === 'mysql';
    this.isPostgres = dialect === 'postgres';
  }

  /** A whole statement, with what this database must be told besides. */
  statement(template: string): string {
    return this.isMysql ? template.replace('SELECT', SELECT_ON_MYSQL) : template;
  }

  /**
   * PostgreSQL drops a column with one known value from the order, and may then follow the ids of all rows for very long
   * until it meets some with that value. It does not see that two values are one.
   */
  condition(given: Condition): Condition {
    const { index, byId } = given;
    return byId && this.isPostgres ? { ...given, sql: `{${index}} IN (:${index}, :${index})` } : given;
  }

  /** Where a stretch's rows come from, what they must be, and the values for both. */
  clauses(plan: SearchPlan, { order, until }: Stretch) {
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
  smallFor({ small }: SearchPlan, order: SearchOrder): Condition | null {
    return small?.byId && this.isById(order) ? null : small;
  }

  /** The conditions that an index in this order decides, so that no row on the way is in vain. */
  conditionsAlong(plan: SearchPlan, order: SearchOrder): Condition[] {
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

  /** The order in words that the index meant for it has. */
  orderBy(plan: SearchPlan, order: SearchOrder): string {
    if (!this.isById(order)) return `{${order.sort}} ${order.direction}, {id} ${order.direction}`;
    const kept = this.isPostgres && this.prefixOf(plan)?.index;
    return `${kept ? `{${kept}} ${order.direction}, ` : ''}{id} ${order.direction}`;
  }

  /** An order in which the index of a condition has its rows. */
  indexOrder({ index, byId }: Condition = { sql: '', index: 'id' }): string {
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
}

/** Rows found by one index only: left alone, each database guesses badly at times how many meet a condition, and takes another. */
function fence(conditions: readonly Condition[], order: string): string {
  return `(SELECT * FROM {table} WHERE ${allOf(conditions)} ORDER BY ${order} LIMIT ${MOST_IN_FENCE}) AS stretch`;
}

/** The same for MySQL and MariaDB, which copy all that stands in brackets. */
function fenceOfIds(conditions: readonly Condition[], order: string): string {
  const ids = `SELECT {id} AS candidate_id FROM {table} WHERE ${allOf(conditions)} ORDER BY ${order} LIMIT ${MOST_IN_FENCE}`;
  return `(${ids}) AS candidates STRAIGHT_JOIN {table} ON candidates.candidate_id = {id}`;
}
