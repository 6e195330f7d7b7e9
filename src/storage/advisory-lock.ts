import { createHash } from 'node:crypto';
import type { QueryRunner } from 'typeorm';
import { type Dialect, dialectOf } from './dialect';

/** How a database lets one of many connections hold a name. The name is free again when the connection ends, whatever ends it. */
interface LockStatements {
  /** Answers 1 or true in its one column, at once. */
  readonly take: string;
  readonly release: string;
  readonly key: (name: string) => unknown;
}

/** 64 characters, as many as there may be, and one name for each schema of a server. */
const MYSQL: LockStatements = {
  take: 'SELECT GET_LOCK(SHA2(CONCAT(DATABASE(), ?), 256), 0) AS taken',
  release: 'SELECT RELEASE_LOCK(SHA2(CONCAT(DATABASE(), ?), 256))',
  key: (name) => name,
};

/** A number of 64 bits, for each database of a server. */
const POSTGRES: LockStatements = {
  take: 'SELECT pg_try_advisory_lock($1) AS taken',
  release: 'SELECT pg_advisory_unlock($1)',
  key: (name) => createHash('sha256').update(name).digest().readBigInt64BE().toString(),
};

const LOCKS: Record<Dialect, LockStatements | null> = { mysql: MYSQL, postgres: POSTGRES, sqlite: null };

/** Does some work while this connection alone holds the name. SQLite has no such lock, and hardly ever a second process. @returns null when another has it */
export async function whileLocked<Result>(runner: QueryRunner, name: string, work: () => Promise<Result>): Promise<Result | null> {
  const lock = LOCKS[dialectOf(runner.connection)];
  if (!lock) return work();
  const parameters = [lock.key(name)];
  const [{ taken }] = (await runner.query(lock.take, parameters)) as [{ taken: unknown }];
  if (!Number(taken)) return null;
  try {
    return await work();
  } finally {
    // A connection that can't release it is gone, and its lock with it.
    await runner.query(lock.release, parameters).catch(() => undefined);
  }
}
