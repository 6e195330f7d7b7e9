import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { columnName, DEFAULT_EVENTS_TABLE_NAME, DEFAULT_TABLE_NAME, type TableOptions } from '../storage/table-options';

type ColumnType = Omit<TableColumnOptions, 'name'>;

/** Column types that depend on the database. All text is compared byte by byte, case and all. */
interface TextTypes {
  /** Ids, hashes and the module's own words. */
  ascii: (length: number) => ColumnType;
  /** The host's names. */
  unicode: (length: number) => ColumnType;
  json: ColumnType;
}

const MYSQL: TextTypes = {
  ascii: (length) => ({ type: 'varchar', length: String(length), charset: 'ascii', collation: 'ascii_bin' }),
  unicode: (length) => ({ type: 'varchar', length: String(length), charset: 'utf8mb4', collation: 'utf8mb4_bin' }),
  json: { type: 'text', charset: 'utf8mb4', collation: 'utf8mb4_bin' },
};

// PostgreSQL's and SQLite's default collations already tell every byte apart.
const PLAIN: TextTypes = {
  ascii: (length) => ({ type: 'varchar', length: String(length) }),
  unicode: (length) => ({ type: 'varchar', length: String(length) }),
  json: { type: 'text' },
};

const INTEGER: ColumnType = { type: 'integer' };
const INSTANT: ColumnType = { type: 'bigint' };
const orNull = (type: ColumnType): ColumnType => ({ ...type, isNullable: true });

/** The first migration: both tables. Frozen once released; later changes are migrations of their own. */
export function createRefreshTokens(table: TableOptions): new () => MigrationInterface {
  const tokens = table.name ?? DEFAULT_TABLE_NAME;
  const events = table.eventsName ?? DEFAULT_EVENTS_TABLE_NAME;
  return class implements MigrationInterface {
    // A name per table, so that two tables in one database are both made.
    readonly name = `CreateRefreshTokens${tokens === DEFAULT_TABLE_NAME ? '' : `_${tokens}_`}1763600000000`;

    async up(runner: QueryRunner): Promise<void> {
      const types = textTypesOf(runner);
      await runner.createTable(
        new Table({
          name: tokens,
          columns: named(refreshTokenColumns(types), (property) => columnName(table, property)),
          indices: [{ name: `${tokens}_subject`, columnNames: [columnName(table, 'subject')] }],
        }),
      );
      await runner.createTable(
        new Table({
          name: events,
          columns: named(eventColumns(types), (property) => property),
          indices: [{ name: `${events}_session`, columnNames: ['sessionId'] }],
        }),
      );
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.dropTable(events);
      await runner.dropTable(tokens);
    }
  };
}

function refreshTokenColumns({ ascii, unicode, json }: TextTypes): Record<string, ColumnType> {
  return {
    id: { ...ascii(36), isPrimary: true },
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
    lastUsed: orNull(INSTANT),
    content: json,
    tokenHash: ascii(43),
    generation: INTEGER,
    rotatedAt: orNull(INSTANT),
    rotationNonce: orNull(ascii(22)),
    secretId: ascii(32),
    rotates: { type: 'boolean' },
    label: orNull(unicode(255)),
    deviceInfo: orNull(json),
  };
}

function eventColumns({ ascii, unicode, json }: TextTypes): Record<string, ColumnType> {
  return {
    id: { ...ascii(36), isPrimary: true },
    type: ascii(64),
    at: INSTANT,
    sessionId: ascii(36),
    subject: unicode(255),
    actor: orNull(unicode(255)),
    reason: orNull(unicode(255)),
    ip: orNull(ascii(45)),
    generation: INTEGER,
    presentedGeneration: orNull(INTEGER),
    deviceInfo: orNull(json),
  };
}

function named(columns: Record<string, ColumnType>, nameOf: (property: string) => string): TableColumnOptions[] {
  return Object.entries(columns).map(([property, type]) => ({ ...type, name: nameOf(property) }));
}

function textTypesOf(runner: QueryRunner): TextTypes {
  return ['mysql', 'mariadb'].includes(runner.connection.options.type) ? MYSQL : PLAIN;
}
