import { Injectable } from '@nestjs/common';
import { firstIdOf } from '../ids';
import type { JwtRefreshEvent, JwtRefreshEventType } from '../events/jwt-refresh-events';
import { Database, type RunStatement } from '../storage/database';
import { listed, Table } from '../storage/table';
import { RefreshTokenEventRecord } from './refresh-token-event.entity';

const BATCH_SIZE = 1000;
// By the primary key, which is in the order of time.
const FIND_OLD = `SELECT {id} AS id FROM {table} WHERE {id} < :id.before ORDER BY {id} LIMIT ${BATCH_SIZE}`;
// By the index on type, which is so too.
const FIND_OLD_OF_TYPE = FIND_OLD.replace('WHERE', 'WHERE {type} = :type AND');

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

  /** The ids of the oldest lines, a batch of them. @param type null for any */
  async findOldest(before: Date, type: JwtRefreshEventType | null): Promise<string[]> {
    const { rows } = await this.run(type ? FIND_OLD_OF_TYPE : FIND_OLD, { type, 'id.before': firstIdOf(before.getTime()) });
    return rows.map(({ id }) => this.table.read('id', id) as string);
  }

  /** @returns how many lines there were */
  async delete(ids: readonly string[]): Promise<number> {
    const { names, values } = listed('id', ids);
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
