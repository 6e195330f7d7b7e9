import type { QueryRunner } from 'typeorm';
import type { StatementResult } from './database';

type Values = Record<string, unknown>;
type Answer = Values[] | { affectedRows: number };

/** The part of a mysql2 connection that is used. */
interface MysqlConnection {
  execute?(sql: string, parameters: readonly unknown[], callback: (error: Error | null, answer: Answer) => void): void;
}

/**
 * Runs a statement that the server has prepared on this connection: it is parsed once and not on each call, values travel as
 * they are, and TypeORM, which knows no prepared statements, is not on the way. Only for MySQL and MariaDB with mysql2: the
 * SQLite driver prepares by itself, and PostgreSQL's poolers often can't.
 *
 * @returns null where there is no such connection
 */
export async function executePrepared(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<StatementResult | null> {
  const connection = (await runner.connect()) as MysqlConnection;
  if (typeof connection.execute !== 'function') return null;
  const { logger } = runner.connection;
  logger.logQuery(sql, [...parameters], runner);
  return new Promise((resolve, reject) => {
    connection.execute?.(sql, parameters, (error, answer) => {
      if (!error) return resolve(Array.isArray(answer) ? { rows: answer, affected: 0 } : { rows: [], affected: answer.affectedRows });
      logger.logQueryError(error, sql, [...parameters], runner);
      reject(error);
    });
  });
}
