import { Injectable } from '@nestjs/common';
import { RefreshTokenEventRecord } from '../audit/refresh-token-event.entity';
import { firstIdOf } from '../ids';
import { canonicalIp } from '../sessions/device-info';
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

  conditionsFor({ from, to, ...given }: EventFilter): Condition[] {
    const filter = { ...given, sessionId: given.sessionId?.toLowerCase(), ip: given.ip && (canonicalIp(given.ip) ?? given.ip) };
    return [
      ...(['sessionId', 'actor', 'subject', 'type'] as const).flatMap((name) => equals(name, filter[name], true)),
      ...equals('ip', filter.ip, false),
      ...(from ? [{ sql: '{id} >= :id.from', values: { 'id.from': firstIdOf(from.getTime()) }, index: 'id' }] : []),
      ...(to ? [{ sql: '{id} < :id.to', values: { 'id.to': firstIdOf(to.getTime() + 1) }, index: 'id' }] : []),
    ];
  }
}

function equals(column: string, value: string | undefined, isIndexed: boolean): Condition[] {
  if (value === undefined) return [];
  return [{ sql: `{${column}} = :${column}`, values: { [column]: value }, ...(isIndexed ? { index: column, byId: true } : {}) }];
}
