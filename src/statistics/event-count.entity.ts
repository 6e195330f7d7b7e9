import { EntitySchema } from 'typeorm';
import type { JwtRefreshEventType } from '../events/jwt-refresh-events';
import { instant, integer } from '../storage/column-transformers';
import { DEFAULT_STATS_TABLE_NAME, tableNameParts, type TableOptions, withOwnNames } from '../storage/table-options';

export const HOUR_MS = 3_600_000;

/** How many events of a type there were in an hour. */
export class EventCount {
  /** When the hour began, UTC. */
  hour!: Date;
  /** Of which type. */
  type!: JwtRefreshEventType;
  /** How many. */
  count!: number;
}

export function eventCountSchema(table: TableOptions = {}): EntitySchema<EventCount> {
  return new EntitySchema<EventCount>({
    name: 'RefreshTokenEventCount',
    target: EventCount,
    ...tableNameParts(table.statsName ?? DEFAULT_STATS_TABLE_NAME),
    synchronize: false,
    columns: withOwnNames<EventCount>({
      hour: { type: 'bigint', primary: true, transformer: instant },
      type: { type: 'varchar', length: 64, primary: true },
      count: { type: 'bigint', transformer: integer },
    }),
  });
}
