import { Injectable } from '@nestjs/common';
import { RefreshTokenEventRecord } from '../audit/refresh-token-event.entity';
import { firstIdOf } from '../ids';
import { Database } from '../storage/database';
import { KeysetSearch } from '../storage/keyset-search';
import type { Condition } from '../storage/search-plan';
import { Table } from '../storage/table';
import type { EventFilter } from './dto/event-list.dto';
import { ipCondition } from './ip-condition';

/** Finds lines of the audit log by filter. Their order is that of their ids, which is that of time. */
@Injectable()
export class EventListStore extends KeysetSearch<RefreshTokenEventRecord> {
  constructor(database: Database) {
    super(database, new Table(database.dataSource, RefreshTokenEventRecord));
  }

  conditionsFor({ from, to, ...given }: EventFilter): Condition[] {
    const filter = { ...given, sessionId: given.sessionId?.toLowerCase() };
    return [
      ...(['sessionId', 'actor', 'subject', 'type'] as const).flatMap((name) => equals(name, filter[name])),
      ...(filter.ip === undefined ? [] : [ipCondition(filter.ip)]),
      ...(from ? [{ sql: '{id} >= :id.from', values: { 'id.from': firstIdOf(from.getTime()) }, index: 'id' }] : []),
      ...(to ? [{ sql: '{id} < :id.to', values: { 'id.to': firstIdOf(to.getTime() + 1) }, index: 'id' }] : []),
    ];
  }
}

function equals(column: string, value: string | undefined): Condition[] {
  return value === undefined ? [] : [{ sql: `{${column}} = :${column}`, values: { [column]: value }, index: column, byId: true }];
}
