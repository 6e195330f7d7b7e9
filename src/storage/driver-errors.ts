/**
 * What a driver's error means for the request:
 * `transient` — the database chose a victim or was busy; the same statement may succeed at once.
 * `duplicate` — a unique key exists already.
 * `unavailable` — everything else: no connection, read-only, shutting down, out of space, no such table.
 */
export type DriverErrorKind = 'transient' | 'duplicate' | 'unavailable';

const KINDS: ReadonlyMap<string | number, DriverErrorKind> = new Map<string | number, DriverErrorKind>([
  // MySQL and MariaDB, by errno
  [1020, 'transient'], // ER_CHECKREAD: row changed since the snapshot (MariaDB)
  [1062, 'duplicate'], // ER_DUP_ENTRY
  [1205, 'transient'], // ER_LOCK_WAIT_TIMEOUT
  [1213, 'transient'], // ER_LOCK_DEADLOCK
  // PostgreSQL, by SQLSTATE
  ['23505', 'duplicate'], // unique_violation
  ['40001', 'transient'], // serialization_failure
  ['40P01', 'transient'], // deadlock_detected
  ['55P03', 'transient'], // lock_not_available
  // SQLite, by result code; extended codes share the prefix
  ['SQLITE_BUSY', 'transient'],
  ['SQLITE_LOCKED', 'transient'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'duplicate'],
  ['SQLITE_CONSTRAINT_UNIQUE', 'duplicate'],
]);

interface DriverError {
  code?: string | number;
  errno?: number;
  driverError?: DriverError;
}

export function classifyDriverError(error: unknown): DriverErrorKind {
  const { errno, code } = driverErrorOf(error);
  return KINDS.get(errno as number) ?? KINDS.get(code as string) ?? KINDS.get(sqlitePrefix(code)) ?? 'unavailable';
}

/** A driver error's name for the log: its code only, because a driver's message may quote values. */
export function nameOfDriverError(error: unknown): string {
  const { code, errno } = driverErrorOf(error);
  return String(code ?? errno ?? (error as Error | undefined)?.name ?? 'unknown error');
}

function driverErrorOf(error: unknown): DriverError {
  const outer = (error ?? {}) as DriverError;
  return outer.driverError ?? outer;
}

function sqlitePrefix(code: unknown): string {
  return typeof code === 'string' ? code.split('_', 2).join('_') : '';
}
