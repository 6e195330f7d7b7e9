import type { DataSource } from 'typeorm';
import { RefreshTokenEventRecord } from '../audit/refresh-token-event.entity';
import type { Clock } from '../clock';
import { RefreshToken } from '../sessions/refresh-token.entity';
import { EventCount } from '../statistics/event-count.entity';
import { type Dialect, dialectOf } from '../storage/dialect';
import { openDatabase } from '../storage/open-database';
import { looseCollations, settingsOf, timeOf } from './questions';
import { SETTING_RULES } from './setting-rules';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  /** What to do, and what happens otherwise; absent where all is well. */
  readonly advice?: string;
}

/** The clocks of nodes that keep time differ by less. */
const MOST_SKEW_MS = 1000;

/**
 * Looks for what makes a database break the module's promises, and changes nothing.
 *
 * @param dataSource the host's, connected
 * @throws JwtRefreshOptionsError if the module could not start with it
 */
export async function examine(dataSource: DataSource, clock: Clock): Promise<Finding[]> {
  openDatabase(dataSource);
  const dialect = dialectOf(dataSource);
  const tables = [RefreshToken, RefreshTokenEventRecord, EventCount].map((entity) => dataSource.getMetadata(entity));
  const findings = [await examineSettings(dataSource, dialect), await examineClock(dataSource, dialect, clock)];
  for (const table of tables) findings.push(await examineTable(dataSource, dialect, table));
  return findings.flat();
}

async function examineSettings(dataSource: DataSource, dialect: Dialect): Promise<Finding[]> {
  const settings = await settingsOf(dataSource, dialect);
  return SETTING_RULES[dialect].map(({ setting, part, isGood, advice }) => {
    const found = settings[setting] ?? 'not there';
    return { what: part ? `${setting} (${part})` : setting, found: found || 'empty', ...(!isGood(found, settings) && { advice }) };
  });
}

/** Each node judges ends and grace periods by its own clock: they must agree, and the database's is one that all can ask. */
async function examineClock(dataSource: DataSource, dialect: Dialect, clock: Clock): Promise<Finding[]> {
  const before = clock.now();
  const theirs = await timeOf(dataSource, dialect);
  if (theirs === null) return [];
  const after = clock.now();
  const skew = Math.round(Math.max(before - theirs, theirs - after, 0));
  const advice = 'let both machines keep time (NTP): nodes whose clocks differ do not agree on when a session ends';
  return [{ what: 'clock', found: `${skew} ms from that of this machine`, ...(skew > MOST_SKEW_MS && { advice }) }];
}

type Metadata = ReturnType<DataSource['getMetadata']>;

async function examineTable(dataSource: DataSource, dialect: Dialect, metadata: Metadata): Promise<Finding[]> {
  const what = metadata.tablePath;
  const missing = await missingParts(dataSource, metadata);
  if (missing)
    return [
      { what, found: `has no ${missing}`, advice: 'run the migrations: JWT_REFRESH_MIGRATIONS, or jwtRefreshMigrations() with names of your own' },
    ];
  const loose = await looseCollations(dataSource, dialect, metadata);
  if (loose.length === 0) return [{ what, found: 'has all columns and indexes' }];
  const advice = 'compare byte by byte, as the migrations say: two users whose names differ only in case would be one';
  return [{ what, found: loose.join(', '), advice }];
}

/** Names what is not there; empty if all is. */
async function missingParts(dataSource: DataSource, { tablePath, columns, indices }: Metadata): Promise<string> {
  const runner = dataSource.createQueryRunner();
  try {
    const table = await runner.getTable(tablePath);
    if (!table) return 'table';
    const absent = (kind: string, wanted: (string | undefined)[], there: (string | undefined)[]) =>
      wanted.filter((name) => !there.includes(name)).map((name) => `${kind} ${name}`);
    return [
      ...absent('column', columns.map(({ databaseName }) => databaseName), table.columns.map(({ name }) => name)),
      ...absent('index', indices.map(({ name }) => name), table.indices.map(({ name }) => name)),
    ].join(', '); // prettier-ignore
  } finally {
    await runner.release();
  }
}
