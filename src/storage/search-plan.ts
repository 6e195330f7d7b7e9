import type { ObjectLiteral } from 'typeorm';
import type { RunStatement } from './database';

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
export interface Stretch {
  readonly order: SearchOrder;
  readonly until: Position | null;
}

/** Where a row stands in an order. */
export function positionOf(row: SearchRow, { sort }: Pick<SearchOrder, 'sort'>): Position {
  const value: unknown = row[sort];
  return { value: value instanceof Date ? value.getTime() : 0, id: row.id as string };
}

export function isDecidedByOneIndex({ conditions }: SearchPlan): boolean {
  return conditions.every(({ index }) => index && index === conditions[0]?.index);
}

export function allOf(conditions: readonly Condition[]): string {
  return conditions.map(({ sql }) => `(${sql})`).join(' AND ') || '1 = 1';
}

export function valuesOf(conditions: readonly Condition[]): Values {
  return Object.assign({}, ...conditions.map(({ values }) => values)) as Values;
}
