import { Injectable } from '@nestjs/common';
import { firstIdOf } from '../ids';
import type { JwtRefreshEvent, JwtRefreshEventType } from '../events/jwt-refresh-events';
import { Database, type RunStatement } from '../storage/database';
import { listed, Table } from '../storage/table';
import { RefreshTokenEventRecord } from './refresh-token-event.entity';

// By the index on type, which is in the order of time.
const FIND_OLD = 'SELECT {id} AS id FROM {table} WHERE {type} = :type AND {id} < :before ORDER BY {id} LIMIT {limit}';

/** Every statement that writes to `refresh_token_events`, and what finds the lines to delete. */
@Injectable()
export class AuditStore {
  private readonly table: Table<RefreshTokenEventRecord>;
  private readonly written = new WeakSet<JwtRefreshEvent>();

  constructor(private readonly database: Database) {
    this.table = new Table(database.dataSource, RefreshTokenEventRecord);
  }

  get tableName(): string {
    return this.table.name;
  }

  /** Adds lines with one statement; pass `run` to add them inside a transaction. */
  async append(events: readonly JwtRefreshEvent[], run: RunStatement = this.database.run): Promise<void> {
    const { sql, parameters } = this.table.insert(events.map((event) => RefreshTokenEventRecord.from(event)));
    await run(sql, parameters);
    for (const event of events) this.written.add(event);
  }

  /** Deletes the oldest lines of a type. @returns how many */
  async deleteBefore(type: JwtRefreshEventType, before: Date, limit: number): Promise<number> {
    const { rows } = await this.run(FIND_OLD.replace('{limit}', String(limit)), { type, before: firstIdOf(before.getTime()) });
    if (rows.length === 0) return 0;
    const { names, values } = listed(
      'id',
      rows.map(({ id }) => id),
    );
    return (await this.run(`DELETE FROM {table} WHERE {id} IN (${names})`, values)).affected;
  }

  /** Whether an event has its line already. */
  holds(event: JwtRefreshEvent): boolean {
    return this.written.has(event);
  }

  private run(template: string, values: Record<string, unknown>) {
    const { sql, bind } = this.table.prepare(template);
    return this.database.run(sql, bind(values));
  }
}
