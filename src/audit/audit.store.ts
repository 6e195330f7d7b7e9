import { Injectable } from '@nestjs/common';
import type { RefreshTokenEvent } from '../events/refresh-token-events';
import { Database, type RunStatement } from '../storage/database';
import { Table } from '../storage/table';
import { RefreshTokenEventRecord } from './refresh-token-event.entity';

/** Every query on `refresh_token_events`. */
@Injectable()
export class AuditStore {
  private readonly table: Table<RefreshTokenEventRecord>;

  constructor(private readonly database: Database) {
    this.table = new Table(database.dataSource, RefreshTokenEventRecord);
  }

  /** Adds lines with one statement; pass `run` to add them inside a transaction. */
  async append(events: readonly RefreshTokenEvent[], run: RunStatement = this.database.run): Promise<void> {
    const { sql, parameters } = this.table.insert(events.map((event) => RefreshTokenEventRecord.from(event)));
    await run(sql, parameters);
  }
}
