import { Injectable } from '@nestjs/common';
import { RefreshTokenEventRecord } from '../audit/refresh-token-event.entity';
import { firstIdOf } from '../ids';
import { Database } from '../storage/database';
import { type Condition, KeysetSearch } from '../storage/keyset-search';
import { Table } from '../storage/table';
import type { EventFilter } from './dto/event-list.dto';

/** Finds lines of the audit log by filter. Their order is that of their ids, which is that of time. */
@Injectable()
export class EventListStore extends KeysetSearch<RefreshTokenEventRecord> {
  constructor(database: Database) {
    super(database, new Table(database.dataSource, RefreshTokenEventRecord));
  }

  conditionsFor({ from, to, ...filter }: EventFilter): Condition[] {
    return [
      // From the rarest to the most common, because the first of them leads the way.
      ...(['sessionId', 'actor', 'subject', 'type'] as const).flatMap((name) => equals(name, filter[name], 'by-id')),
      ...equals('ip', filter.ip),
      ...(from ? [{ sql: '{id} >= :fromTime', values: { fromTime: firstIdOf(from.getTime()) }, column: 'id' }] : []),
      ...(to ? [{ sql: '{id} < :toTime', values: { toTime: firstIdOf(to.getTime() + 1) }, column: 'id' }] : []),
    ];
  }
}

function equals(column: string, value: string | undefined, indexed?: 'by-id'): Condition[] {
  return value === undefined ? [] : [{ sql: `{${column}} = :${column}`, values: { [column]: value }, indexed }];
}
