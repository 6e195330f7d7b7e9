import { Logger } from '@nestjs/common';
import DataLoader from 'dataloader';
import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import { JwtRefreshError } from '../errors';
import { whileLocked } from './advisory-lock';
import { type Dialect, dialectOf } from './dialect';
import { classifyDriverError, nameOfDriverError } from './driver-errors';
import { Mutex } from './mutex';
import { executePrepared } from './prepared-statement';
import { commitTogether, executeOnFile, type Statement } from './shared-commit';

/** What a statement gave back, the same for all drivers. */
export interface StatementResult {
  readonly rows: Record<string, unknown>[];
  readonly affected: number;
}

/** Runs one parameterised statement. */
export type RunStatement = (sql: string, parameters: readonly unknown[]) => Promise<StatementResult>;

/** Like {@link RunStatement}; `whenLate` hears of a result for which nobody waits any more. */
export type RunOften = (sql: string, parameters: readonly unknown[], whenLate?: (result: StatementResult) => void) => Promise<StatementResult>;

/** Thrown for a unique-key violation; the only driver error a store may want to know. */
export class DuplicateKeyError extends Error {}

interface Guarding<T> {
  readonly mode?: ReplicationMode;
  /** Whether nothing is written. @default false */
  readonly reads?: boolean;
  readonly whenLate?: (result: T) => void;
}

const isQuery = (sql: string): boolean => sql.startsWith('SELECT');

/** What the log says where no driver said anything. */
const namedError = (name: string): Error => Object.assign(new Error(), { name });

/**
 * What a statement or transaction may take in all. A request has two of them, and nobody waits for an answer much longer. On SQLite
 * another process that writes holds up whoever writes, and only one of a refresh's two statements does.
 */
const BUDGETS_MS: Record<Dialect, number> = { mysql: 2000, postgres: 2000, sqlite: 3500 };
/** Beyond so many statements that wait or run, more would only wait in vain. */
const MOST_AT_ONCE = 2000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;
/** An outage fails every request alike; one line a second tells as much as a thousand. */
const REPORT_INTERVAL_MS = 1000;

/**
 * TypeORM's SQLite driver has one connection for all, so a statement may land in somebody else's open transaction: everything the
 * module runs there queues for the connection. And the file has one writer at a time: while another process is at it, one
 * statement asks again and again, which blocks this process each time, and all others that write wait for that one.
 */
interface SqliteQueues {
  readonly connection: Mutex;
  readonly file: Mutex;
}

const sqliteQueues = new WeakMap<DataSource, SqliteQueues>();

/**
 * The one door to the database: statements run on the primary, driver errors are translated here and nowhere else.
 * Deadlocks, lock waits and a busy SQLite file are retried within {@link BUDGETS_MS}; whatever remains, or is not answered by
 * then, is `temporarily_unavailable` — never a verdict on a token.
 */
export class Database {
  private readonly logger = new Logger('JwtRefresh');
  private readonly dialect: Dialect;
  private readonly budget: number;
  private readonly queues: SqliteQueues | null;
  /** On SQLite, what comes in one turn of the event loop. */
  private readonly commits = new DataLoader<Statement, StatementResult>((statements) => this.commit(statements), { cache: false });
  private lastReport = { name: '', at: 0 };
  private atWork = 0;

  constructor(readonly dataSource: DataSource) {
    this.dialect = dialectOf(dataSource);
    this.budget = BUDGETS_MS[this.dialect];
    this.queues = this.dialect === 'sqlite' ? queuesFor(dataSource) : null;
  }

  /** Runs one statement in autocommit. */
  run: RunStatement = (sql, parameters) => this.guarded((runner) => execute(runner, sql, parameters), { reads: isQuery(sql) });

  /** Runs one statement that comes with every refresh, in the way that costs this database least. It is a commit, or part of one. */
  runOften: RunOften = (sql, parameters, whenLate) => {
    // SQLite answers in the turn that asks it: nothing is late there. What only reads waits for nobody who writes.
    if (this.dialect === 'sqlite') return isQuery(sql) ? this.readOften(sql, parameters) : this.commits.load({ sql, parameters });
    return this.guarded((runner) => this.executeOften(runner, sql, parameters), { whenLate });
  };

  /** Runs one statement that only reads and may be a little late: on a replica, where TypeORM knows one. */
  read: RunStatement = (sql, parameters) => this.guarded((runner) => execute(runner, sql, parameters), { mode: 'slave', reads: true });

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

  /** Does some work while no other node does any under this name. @returns null when another is at it */
  async whileLocked<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await this.withRunner((runner) => whileLocked(runner, name, work));
    } catch (error) {
      throw error instanceof JwtRefreshError ? error : this.unavailable(error);
    }
  }

  private readOften(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    return this.guarded(async (runner) => executeOnFile(runner, { sql, parameters }), { reads: true });
  }

  private async commit(statements: readonly Statement[]): Promise<(StatementResult | JwtRefreshError)[]> {
    const results = await this.guarded((runner) => commitTogether(runner, statements));
    return results.map((result) => (result instanceof Error ? this.unavailable(result) : result));
  }

  private async executeOften(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const result = this.dialect === 'mysql' ? await executePrepared(runner, sql, parameters) : null;
    return result ?? execute(runner, sql, parameters);
  }

  /** What has begun and is late may still be done: it is as with an answer that was lost. */
  private guarded<T>(work: (runner: QueryRunner) => Promise<T>, { mode = 'master', reads = false, whenLate }: Guarding<T> = {}): Promise<T> {
    if (this.atWork >= MOST_AT_ONCE) return Promise.reject(this.unavailable(namedError('too many statements at once')));
    this.atWork += 1;
    const deadline = performance.now() + this.budget;
    const attempt = () => this.attempt(work, mode, deadline);
    const result = (reads || !this.queues ? attempt() : this.queues.file.run(attempt)).finally(() => (this.atWork -= 1));
    return within(this.budget, result, () => {
      if (whenLate) result.then(whenLate, () => undefined);
      return this.unavailable(namedError('no answer in time'));
    });
  }

  private async attempt<T>(work: (runner: QueryRunner) => Promise<T>, mode: ReplicationMode, deadline: number): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.exclusively(() => this.withRunner((runner) => begin(runner, work, deadline), mode));
      } catch (error) {
        const kind = classifyDriverError(error);
        if (kind === 'duplicate') throw new DuplicateKeyError();
        if (kind !== 'transient') throw this.unavailable(error);
        await wait(pauseBefore(attempt));
        if (performance.now() > deadline) throw this.unavailable(error);
      }
    }
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.queues ? this.queues.connection.run(work) : work();
  }

  private async withRunner<T>(work: (runner: QueryRunner) => Promise<T>, mode: ReplicationMode = 'master'): Promise<T> {
    const runner = this.dataSource.createQueryRunner(mode);
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

/** A connection may be long in coming. What nobody waits for any more is not begun. */
async function begin<T>(runner: QueryRunner, work: (runner: QueryRunner) => Promise<T>, deadline: number): Promise<T> {
  await runner.connect();
  if (performance.now() > deadline) throw namedError('no answer in time');
  return work(runner);
}

async function execute(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
  const { records, affected } = await runner.query(sql, [...parameters], true);
  return { rows: (records ?? []) as Record<string, unknown>[], affected: affected ?? 0 };
}

/** The result, or a failure if it is not there in time. */
function within<T>(milliseconds: number, result: Promise<T>, failure: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(failure()), milliseconds);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Doubling pauses with full jitter, so that rivals don't meet again. */
function pauseBefore(attempt: number): number {
  return Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
}

function queuesFor(dataSource: DataSource): SqliteQueues {
  const queues = sqliteQueues.get(dataSource) ?? { connection: new Mutex(), file: new Mutex() };
  sqliteQueues.set(dataSource, queues);
  return queues;
}
