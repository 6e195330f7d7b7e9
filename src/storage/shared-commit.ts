import type { QueryRunner } from 'typeorm';
import type { StatementResult } from './database';

/** A statement and its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The part of a better-sqlite3 statement that is used. */
interface SqliteStatement {
  readonly reader: boolean;
  all(...parameters: readonly unknown[]): Record<string, unknown>[];
  run(...parameters: readonly unknown[]): { changes: number };
}

/** The part of a better-sqlite3 connection that is used. */
interface SqliteFile {
  readonly inTransaction: boolean;
  prepare(sql: string): SqliteStatement;
  transaction<T>(work: () => T): { immediate(): T };
}

/** Few: only what comes with every refresh. */
const prepared = new WeakMap<SqliteFile, Map<string, SqliteStatement>>();

/**
 * Runs statements with one commit for all of them, as the other databases do by themselves: SQLite waits for the disk at each
 * commit, and that is most of what a refresh costs there. No turn of the event loop passes meanwhile, so nobody else's statement
 * gets in between. Inside a transaction of the host's they are part of it.
 *
 * @returns the error of a statement that failed alone; what ends the transaction is thrown, and then none of them is done
 */
export async function commitTogether(runner: QueryRunner, statements: readonly Statement[]): Promise<(StatementResult | Error)[]> {
  const [first, ...others] = statements;
  if (first && others.length === 0) return [await executeOnFile(runner, first)];
  const file = (await runner.connect()) as SqliteFile;
  return file.transaction(() => statements.map((statement) => attempt(file, statement, runner))).immediate();
}

/** Runs one statement that SQLite has prepared: what it is parsed to is kept. */
export async function executeOnFile(runner: QueryRunner, statement: Statement): Promise<StatementResult> {
  return execute((await runner.connect()) as SqliteFile, statement, runner);
}

/** A statement that fails has changed nothing; those beside it go on, unless SQLite has rolled them back. */
function attempt(file: SqliteFile, statement: Statement, runner: QueryRunner): StatementResult | Error {
  try {
    return execute(file, statement, runner);
  } catch (error) {
    if (!file.inTransaction) throw error;
    return error as Error;
  }
}

function execute(file: SqliteFile, { sql, parameters }: Statement, runner: QueryRunner): StatementResult {
  const { logger } = runner.connection;
  logger.logQuery(sql, [...parameters], runner);
  try {
    const statement = prepare(file, sql);
    if (statement.reader) return { rows: statement.all(...parameters), affected: 0 };
    return { rows: [], affected: statement.run(...parameters).changes };
  } catch (error) {
    logger.logQueryError(error as Error, sql, [...parameters], runner);
    throw error;
  }
}

function prepare(file: SqliteFile, sql: string): SqliteStatement {
  const known = prepared.get(file) ?? new Map<string, SqliteStatement>();
  prepared.set(file, known);
  const statement = known.get(sql) ?? file.prepare(sql);
  known.set(sql, statement);
  return statement;
}
