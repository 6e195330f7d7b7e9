import { Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { JwtRefreshError } from '../errors';
import { classifyDriverError, nameOfDriverError } from './driver-errors';
import { Mutex } from './mutex';

/** What a statement gave back, the same for all drivers. */
export interface StatementResult {
  readonly rows: Record<string, unknown>[];
  readonly affected: number;
}

/** Runs one parameterised statement. */
export type RunStatement = (sql: string, parameters: readonly unknown[]) => Promise<StatementResult>;

/** Thrown for a unique-key violation; the only driver error a store may want to know. */
export class DuplicateKeyError extends Error {}

const RETRY_BUDGET_MS = 4000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;
/** An outage fails every request alike; one line a second tells as much as a thousand. */
const REPORT_INTERVAL_MS = 1000;

// TypeORM's SQLite driver has one connection for all, so a statement may land in somebody else's open transaction.
// Everything the module runs on SQLite therefore queues per data source.
const sqliteQueues = new WeakMap<DataSource, Mutex>();

/**
 * The one door to the database: statements run on the primary, driver errors are translated here and nowhere else.
 * Deadlocks, lock waits and a busy SQLite file are retried within {@link RETRY_BUDGET_MS}; whatever remains is
 * `temporarily_unavailable` — never a verdict on a token.
 */
export class Database {
  private readonly logger = new Logger('JwtRefresh');
  private readonly queue: Mutex | null;
  private lastReport = { name: '', at: 0 };

  constructor(readonly dataSource: DataSource) {
    this.queue = dataSource.options.type === 'better-sqlite3' ? queueFor(dataSource) : null;
  }

  /** Runs one statement in autocommit. */
  run: RunStatement = (sql, parameters) => this.guarded((runner) => execute(runner, sql, parameters));

  /** Runs `work` in one transaction; it may run more than once. */
  transaction<T>(work: (run: RunStatement) => Promise<T>): Promise<T> {
    return this.guarded(async (runner) => {
      await runner.startTransaction();
      try {
        const result = await work((sql, parameters) => execute(runner, sql, parameters));
        await runner.commitTransaction();
        return result;
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    });
  }

  private async guarded<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const deadline = performance.now() + RETRY_BUDGET_MS;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.exclusively(() => this.withRunner(work));
      } catch (error) {
        const kind = classifyDriverError(error);
        if (kind === 'duplicate') throw new DuplicateKeyError();
        if (kind !== 'transient' || performance.now() > deadline) throw this.unavailable(error);
        await wait(pauseBefore(attempt));
      }
    }
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.queue ? this.queue.run(work) : work();
  }

  private async withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner('master');
    try {
      return await work(runner);
    } finally {
      await runner.release();
    }
  }

  private unavailable(error: unknown): JwtRefreshError {
    const name = nameOfDriverError(error);
    this.report(name);
    return new JwtRefreshError('temporarily_unavailable', {}, { cause: new Error(name) });
  }

  private report(name: string): void {
    const at = performance.now();
    if (name === this.lastReport.name && at - this.lastReport.at < REPORT_INTERVAL_MS) return;
    this.lastReport = { name, at };
    this.logger.error(`The database refused a statement: ${name}`);
  }
}

async function execute(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
  const { records, affected } = await runner.query(sql, [...parameters], true);
  return { rows: (records ?? []) as Record<string, unknown>[], affected: affected ?? 0 };
}

/** Doubling pauses with full jitter, so that rivals don't meet again. */
function pauseBefore(attempt: number): number {
  return Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
}

function queueFor(dataSource: DataSource): Mutex {
  const queue = sqliteQueues.get(dataSource) ?? new Mutex();
  sqliteQueues.set(dataSource, queue);
  return queue;
}
