import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import type { KeysetSearch, Total } from '../storage/keyset-search';
import { type Condition, type Position, positionOf, type SearchRow } from '../storage/search-plan';
import { ServerSecrets } from '../tokens/server-secrets';
import { type Cursor, CursorCodec } from './cursor.codec';
import { invalid } from '../http/request-pipe';

/** A list that is read page by page. */
export interface List<Row extends SearchRow> {
  readonly search: KeysetSearch<Row>;
  readonly conditions: readonly Condition[];
  readonly sort: string;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor?: string;
  /** Everything that makes the list what it is: its filter and its order. */
  readonly identity: unknown;
}

/** A page and the ways on. It may hold fewer rows than asked for, even none, and still have a next page (AIP-158). */
export interface Page<View> {
  readonly data: View[];
  /** Gives the next page; null at the end. */
  readonly nextCursor: string | null;
  /** Gives the page before; null at the beginning. */
  readonly prevCursor: string | null;
  /** How many rows there were when the first page was read; with `capped`, at least so many. */
  readonly total: Total;
}

/** Turns keyset searches into pages with signed cursors, in both directions. */
@Injectable()
export class Pager {
  private readonly cursors: CursorCodec;

  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) options: ResolvedOptions) {
    this.cursors = new CursorCodec(new ServerSecrets(options.secrets));
  }

  /** @throws JwtRefreshError `request_invalid` for a cursor of another list */
  async read<Row extends SearchRow, View>(list: List<Row>, view: (row: Row) => View): Promise<Page<View>> {
    const { search, sort, order, limit } = list;
    const name = nameOf(list);
    const cursor = this.open(list.cursor, name);
    const plan = await search.plan(list.conditions);
    const total = cursor?.total ?? (await search.count(plan, { sort, direction: order, from: null }));
    const direction = cursor?.backwards ? opposite(order) : order;
    const { rows, end } = await search.page(plan, { sort, direction, from: cursor?.position ?? null }, limit);
    const ways = waysOn(rows, end, cursor, sort);
    const encode = (position: Way, backwards: boolean) => (position ? this.cursors.encode({ ...position, backwards, total }, name) : null);
    const data = (cursor?.backwards ? rows.reverse() : rows).map(view);
    return { data, nextCursor: encode(ways.next, false), prevCursor: encode(ways.previous, true), total };
  }

  private open(text: string | undefined, name: string): Cursor | null {
    if (text === undefined) return null;
    const cursor = this.cursors.decode(text, name);
    if (!cursor) throw invalid(['cursor belongs to another list; begin without one']);
    return cursor;
  }
}

type Way = { position: Position | null } | null;

/** The way further on in the direction of reading, and the way back to where it came from. */
function waysOn(rows: SearchRow[], end: Position | null, cursor: Cursor | null, sort: string): { next: Way; previous: Way } {
  const further = end && { position: end };
  const first = rows[0];
  // An empty page goes back to the place it started from, which may be a row itself.
  const back = cursor && { position: first ? positionOf(first, { sort }) : cursor.position && { ...cursor.position, inclusive: true } };
  return cursor?.backwards ? { next: back, previous: further } : { next: further, previous: back };
}

function nameOf({ sort, order, identity }: Pick<List<SearchRow>, 'sort' | 'order' | 'identity'>): string {
  return createHash('sha256')
    .update(JSON.stringify([sort, order, identity]))
    .digest('base64url');
}

function opposite(order: 'asc' | 'desc'): 'asc' | 'desc' {
  return order === 'asc' ? 'desc' : 'asc';
}
