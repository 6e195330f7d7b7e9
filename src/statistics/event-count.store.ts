import { Injectable } from '@nestjs/common';
import { Database } from '../storage/database';
import { dialectOf } from '../storage/dialect';
import { type PreparedStatement, Table } from '../storage/table';
import { EventCount } from './event-count.entity';

const INSERT = 'INSERT INTO {table} AS counted ({hour}, {type}, {count}) VALUES (:hour, :type, :count)';
// One statement that adds, so that any number of nodes can count at once.
const ADD = `${INSERT} ON CONFLICT ({hour}, {type}) DO UPDATE SET {count} = counted.{count} + :count`;
const ADD_ON_MYSQL = `${INSERT.replace(' AS counted', '')} ON DUPLICATE KEY UPDATE {count} = {count} + :count`;
// By the primary key: a row for each type an hour.
const FIND_SINCE = 'SELECT {*} FROM {table} WHERE {hour} >= :hour';

/** Every query on `refresh_token_stats`. */
@Injectable()
export class EventCountStore {
  private readonly table: Table<EventCount>;
  private readonly addOne: PreparedStatement;
  private readonly findAll: PreparedStatement;

  constructor(private readonly database: Database) {
    this.table = new Table(database.dataSource, EventCount);
    this.addOne = this.table.prepare(dialectOf(database.dataSource) === 'mysql' ? ADD_ON_MYSQL : ADD);
    this.findAll = this.table.prepare(FIND_SINCE);
  }

  async add({ hour, type, count }: Omit<EventCount, 'type'> & { type: string }): Promise<void> {
    await this.database.run(this.addOne.sql, this.addOne.bind({ hour, type, count }));
  }

  /** Commits something that nobody reads: no statistics go back as far. */
  touch(): Promise<void> {
    return this.add({ hour: new Date(0), type: 'touched', count: 1 });
  }

  async findSince(hour: Date): Promise<EventCount[]> {
    const { rows } = await this.database.run(this.findAll.sql, this.findAll.bind({ hour }));
    return rows.map((row) => this.table.hydrate(row));
  }
}
