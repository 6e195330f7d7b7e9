import { QueryFailedError } from 'typeorm';
import { classifyDriverError, type DriverErrorKind, nameOfDriverError } from './driver-errors';

interface Case {
  title: string;
  /** What the driver puts on its error. */
  error: { code?: string; errno?: number };
  kind: DriverErrorKind;
}

const mysql = (code: string, errno: number, kind: DriverErrorKind): Case => ({ title: `MySQL ${errno} ${code}`, error: { code, errno }, kind });
const postgres = (code: string, meaning: string, kind: DriverErrorKind): Case => ({ title: `PostgreSQL ${code} ${meaning}`, error: { code }, kind });
const sqlite = (code: string, kind: DriverErrorKind): Case => ({ title: code, error: { code }, kind });
/** Errors of the socket; libuv's number is negative and differs from system to system. */
const socket = (code: string, errno: number): Case => ({ title: code, error: { code, errno }, kind: 'unavailable' });

const CASES: Case[] = [
  mysql('ER_CHECKREAD', 1020, 'transient'),
  mysql('ER_DUP_ENTRY', 1062, 'duplicate'),
  mysql('ER_LOCK_WAIT_TIMEOUT', 1205, 'transient'),
  mysql('ER_LOCK_DEADLOCK', 1213, 'transient'),
  mysql('ER_OPTION_PREVENTS_STATEMENT', 1290, 'unavailable'),
  mysql('ER_READ_ONLY_MODE', 1836, 'unavailable'),
  mysql('ER_CON_COUNT_ERROR', 1040, 'unavailable'),
  mysql('ER_SERVER_SHUTDOWN', 1053, 'unavailable'),
  mysql('ER_RECORD_FILE_FULL', 1114, 'unavailable'),
  mysql('ER_NO_SUCH_TABLE', 1146, 'unavailable'),
  mysql('ER_DATA_TOO_LONG', 1406, 'unavailable'),
  { title: 'MySQL PROTOCOL_CONNECTION_LOST', error: { code: 'PROTOCOL_CONNECTION_LOST' }, kind: 'unavailable' },
  postgres('23505', 'unique_violation', 'duplicate'),
  postgres('40001', 'serialization_failure', 'transient'),
  postgres('40P01', 'deadlock_detected', 'transient'),
  postgres('55P03', 'lock_not_available', 'transient'),
  postgres('57P01', 'admin_shutdown', 'unavailable'),
  postgres('57P03', 'cannot_connect_now', 'unavailable'),
  postgres('25006', 'read_only_sql_transaction', 'unavailable'),
  postgres('53300', 'too_many_connections', 'unavailable'),
  postgres('53100', 'disk_full', 'unavailable'),
  postgres('42P01', 'undefined_table', 'unavailable'),
  postgres('23502', 'not_null_violation', 'unavailable'),
  sqlite('SQLITE_BUSY', 'transient'),
  sqlite('SQLITE_BUSY_SNAPSHOT', 'transient'),
  sqlite('SQLITE_BUSY_RECOVERY', 'transient'),
  sqlite('SQLITE_LOCKED', 'transient'),
  sqlite('SQLITE_LOCKED_SHAREDCACHE', 'transient'),
  sqlite('SQLITE_CONSTRAINT_PRIMARYKEY', 'duplicate'),
  sqlite('SQLITE_CONSTRAINT_UNIQUE', 'duplicate'),
  sqlite('SQLITE_CONSTRAINT_NOTNULL', 'unavailable'),
  sqlite('SQLITE_CONSTRAINT', 'unavailable'),
  sqlite('SQLITE_READONLY', 'unavailable'),
  sqlite('SQLITE_READONLY_DBMOVED', 'unavailable'),
  sqlite('SQLITE_FULL', 'unavailable'),
  sqlite('SQLITE_IOERR_WRITE', 'unavailable'),
  sqlite('SQLITE_ERROR', 'unavailable'),
  socket('ECONNREFUSED', -111),
  socket('ECONNRESET', -104),
  socket('EPIPE', -32),
  socket('ETIMEDOUT', -110),
  socket('ENOTFOUND', -3008),
];

/** A driver quotes what it was given: no part of its message may travel on. */
const QUOTED = "Duplicate entry 'user-1' for key 'PRIMARY'";
const driverError = (members: object): Error => Object.assign(new Error(QUOTED), members);
const wrapped = (error: Error): Error => new QueryFailedError('INSERT INTO "refresh_tokens" VALUES (?)', ['user-1'], error);

describe('driver errors', () => {
  it.each(CASES)('$title is $kind, bare and as TypeORM wraps it', ({ error, kind }) => {
    expect(classifyDriverError(driverError(error))).toBe(kind);
    expect(classifyDriverError(wrapped(driverError(error)))).toBe(kind);
  });

  it.each(CASES)('$title is logged by its code alone', ({ error }) => {
    expect(nameOfDriverError(driverError(error))).toBe(error.code);
    expect(nameOfDriverError(wrapped(driverError(error)))).toBe(error.code);
  });

  it.each([
    undefined,
    null,
    'no connection',
    0,
    new Error(QUOTED),
    new TypeError(QUOTED),
    {},
    { code: {} },
    { code: null, errno: null },
    { code: '' },
  ])('takes %p, which no driver throws, for unavailable', (error) => {
    expect(classifyDriverError(error)).toBe('unavailable');
    expect(nameOfDriverError(error)).not.toContain('user-1');
  });

  it('logs an error without a code by its number, and one without either by its class', () => {
    expect(nameOfDriverError(driverError({ errno: 1213 }))).toBe('1213');
    expect(nameOfDriverError(new TypeError(QUOTED))).toBe('TypeError');
    expect(nameOfDriverError(undefined)).toBe('unknown error');
  });
});
