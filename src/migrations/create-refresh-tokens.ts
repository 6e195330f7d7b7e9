import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions, type TableIndexOptions } from 'typeorm';
import { EVENT_INDEXES } from '../audit/refresh-token-event.entity';
import { REFRESH_TOKEN_INDEXES } from '../sessions/refresh-token.entity';
import { type Dialect, dialectOf } from '../storage/dialect';
import {
  columnName,
  DEFAULT_EVENTS_TABLE_NAME,
  DEFAULT_STATS_TABLE_NAME,
  DEFAULT_TABLE_NAME,
  tableNameIn,
  type TableOptions,
} from '../storage/table-options';
import { migrationName } from './migration-name';

type ColumnType = Omit<TableColumnOptions, 'name'>;

/** Column types that depend on the database. All text is compared byte by byte, case and all. */
interface Types {
  /** The module's own words. */
  ascii: (length: number) => ColumnType;
  /** The host's names. */
  unicode: (length: number) => ColumnType;
  json: ColumnType;
  /** Ids and digests. */
  bytes: (length: number) => ColumnType;
}

const MYSQL: Types = {
  ascii: (length) => ({ type: 'varchar', length: String(length), charset: 'ascii', collation: 'ascii_bin' }),
  unicode: (length) => ({ type: 'varchar', length: String(length), charset: 'utf8mb4', collation: 'utf8mb4_bin' }),
  json: { type: 'text', charset: 'utf8mb4', collation: 'utf8mb4_bin' },
  bytes: (length) => ({ type: 'binary', length: String(length) }),
};

// PostgreSQL's and SQLite's default collations already tell every byte apart.
const PLAIN = {
  ascii: (length: number) => ({ type: 'varchar', length: String(length) }),
  unicode: (length: number) => ({ type: 'varchar', length: String(length) }),
  json: { type: 'text' },
};
const TYPES: Record<Dialect, Types> = {
  mysql: MYSQL,
  postgres: { ...PLAIN, bytes: () => ({ type: 'bytea' }) },
  sqlite: { ...PLAIN, bytes: () => ({ type: 'blob' }) },
};

const INTEGER: ColumnType = { type: 'integer' };
const BIGINT: ColumnType = { type: 'bigint' };
const INSTANT = BIGINT;
const orNull = (type: ColumnType): ColumnType => ({ ...type, isNullable: true });

/** The first migration: all tables. Frozen once released; later changes are migrations of their own. */
export function createRefreshTokens(table: TableOptions): new () => MigrationInterface {
  const tokens = table.name ?? DEFAULT_TABLE_NAME;
  const events = table.eventsName ?? DEFAULT_EVENTS_TABLE_NAME;
  const stats = table.statsName ?? DEFAULT_STATS_TABLE_NAME;
  const columnOf = (property: string) => columnName(table, property);
  return class implements MigrationInterface {
    readonly name = migrationName('CreateRefreshTokens', table, 1763600000000);

    async up(runner: QueryRunner): Promise<void> {
      const types = TYPES[dialectOf(runner.connection)];
      await runner.createTable(
        new Table({
          name: tableNameIn(runner, tokens),
          columns: named(refreshTokenColumns(types), columnOf),
          indices: indexes(tokens, REFRESH_TOKEN_INDEXES, columnOf),
        }),
      );
      await runner.createTable(
        new Table({
          name: tableNameIn(runner, events),
          columns: named(eventColumns(types)),
          indices: indexes(events, EVENT_INDEXES),
        }),
      );
      await runner.createTable(new Table({ name: tableNameIn(runner, stats), columns: named(statsColumns(types)) }));
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const name of [stats, events, tokens]) await runner.dropTable(tableNameIn(runner, name));
    }
  };
}

function refreshTokenColumns({ ascii, unicode, json, bytes }: Types): Record<string, ColumnType> {
  return {
    id: { ...bytes(16), isPrimary: true },
    kind: ascii(8),
    subject: unicode(255),
    audience: unicode(255),
    lifetime: INTEGER,
    expiresAt: INSTANT,
    endsAt: INSTANT,
    createdAt: INSTANT,
    revokedAt: orNull(INSTANT),
    revokedReason: orNull(unicode(255)),
    revokedBy: orNull(unicode(255)),
    lastUsed: { ...INSTANT, default: 0 },
    content: json,
    tokenHash: bytes(32),
    generation: INTEGER,
    rotatedAt: orNull(INSTANT),
    rotationNonce: orNull(bytes(16)),
    secretId: ascii(32),
    rotates: { type: 'boolean' },
    label: orNull(unicode(255)),
    deviceInfo: orNull(json),
    ip: orNull(ascii(45)),
  };
}

function eventColumns({ ascii, unicode, json, bytes }: Types): Record<string, ColumnType> {
  return {
    id: { ...bytes(16), isPrimary: true },
    type: ascii(64),
    at: INSTANT,
    sessionId: orNull(bytes(16)),
    subject: orNull(unicode(255)),
    actor: orNull(unicode(255)),
    reason: orNull(unicode(255)),
    ip: orNull(ascii(45)),
    generation: orNull(INTEGER),
    presentedGeneration: orNull(INTEGER),
    deviceInfo: orNull(json),
    details: orNull(json),
  };
}

function statsColumns({ ascii }: Types): Record<string, ColumnType> {
  return { hour: { ...INSTANT, isPrimary: true }, type: { ...ascii(64), isPrimary: true }, count: BIGINT };
}

type NameOf = (property: string) => string;

function indexes(table: string, columns: Record<string, readonly string[]>, nameOf: NameOf = String): TableIndexOptions[] {
  return Object.entries(columns).map(([suffix, properties]) => ({ name: `${table}_${suffix}`, columnNames: properties.map(nameOf) }));
}

function named(columns: Record<string, ColumnType>, nameOf: NameOf = String): TableColumnOptions[] {
  return Object.entries(columns).map(([property, type]) => ({ ...type, name: nameOf(property) }));
}
