import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { EventCountStore } from '../statistics/event-count.store';
import { Database } from './database';
import { dialectOf } from './dialect';

/**
 * InnoDB without a binary log, as MariaDB comes, shows a commit to others before it is on disk: what was read can be gone when
 * the server dies. A commit of one's own is on disk when it is answered, and with it whatever came before. So an answer that
 * says what somebody else has done waits for one here. The other databases, and InnoDB with a binary log, show nothing before it
 * is safe.
 */
@Injectable()
export class DurableReads {
  /** Null until the database was asked. */
  private isNeeded: boolean | null = null;
  /** Whoever waits in one turn of the event loop shares a commit. */
  private readonly commits: DataLoader<'commit', void>;

  constructor(
    private readonly database: Database,
    counts: EventCountStore,
  ) {
    const commitFor = async (waiting: readonly unknown[]) => Array<void>(waiting.length).fill(await counts.touch());
    this.commits = new DataLoader(commitFor, { cache: false, batchScheduleFn: setImmediate });
  }

  /** Resolves when whatever was read before survives the end of the database's process. @throws JwtRefreshError `temporarily_unavailable` */
  async settle(): Promise<void> {
    if (this.isNeeded === null) await this.look();
    if (this.isNeeded) await this.commits.load('commit');
  }

  /** Asks the database what it is like, so that no request has to. @throws JwtRefreshError `temporarily_unavailable` */
  async look(): Promise<void> {
    this.isNeeded = await this.askDatabase();
  }

  private async askDatabase(): Promise<boolean> {
    if (dialectOf(this.database.dataSource) !== 'mysql') return false;
    const { rows } = await this.database.run(`SHOW VARIABLES LIKE 'log_bin'`, []);
    return rows[0]?.Value !== 'ON';
  }
}
