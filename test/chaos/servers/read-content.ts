import { RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import { DataSource, type DataSourceOptions, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { demoDatabase } from '../../../demo/demo-database';
import type { DatabaseContent, Row } from '../history/records';

const NEWEST_EVENTS = 10_000;
/** A part of a token can begin at any of the three bytes that four characters stand for. */
const ALIGNMENTS = [0, 1, 2];

/** The database in the end: what the checker needs of the rows, and everything as text. */
export async function readDatabase(url: string): Promise<{ content: DatabaseContent; texts: string[] }> {
  const database = await new DataSource(demoDatabase(url) as DataSourceOptions).initialize();
  try {
    return { content: await readContent(database), texts: await readTexts(database) };
  } finally {
    await database.destroy();
  }
}

async function readContent(database: DataSource): Promise<DatabaseContent> {
  const events = database.getRepository(RefreshTokenEventRecord);
  const reused = await events.find({ select: { id: true, sessionId: true }, where: { type: 'refresh_token.reused' } });
  const rotated = await events.find({ select: { id: true, sessionId: true, generation: true }, where: { type: 'refresh_token.rotated' } });
  return {
    rows: (await database.getRepository(RefreshToken).find()).map(rowOf),
    reusedEvents: reused.map(({ sessionId }) => String(sessionId)),
    rotatedTwice: twice(rotated),
  };
}

function rowOf({ id, kind, subject, generation, createdAt, expiresAt, endsAt, revokedAt, revokedReason }: RefreshToken): Row {
  const instants = {
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt.getTime(),
    endsAt: endsAt.getTime(),
    revokedAt: revokedAt?.getTime() ?? null,
  };
  return { id, kind, subject, generation, ...instants, revokedReason };
}

function twice(rotated: readonly Pick<RefreshTokenEventRecord, 'sessionId' | 'generation'>[]): DatabaseContent['rotatedTwice'] {
  const seen = new Set<string>();
  return rotated.flatMap(({ sessionId, generation }) => {
    const step = `${sessionId} ${generation}`;
    const isSecond = seen.has(step);
    seen.add(step);
    return isSecond ? [{ id: String(sessionId), generation: Number(generation) }] : [];
  });
}

/** All tables as they are stored, the app's own too, row by row; of the events, the newest. */
async function readTexts(database: DataSource): Promise<string[]> {
  const texts: string[] = [];
  for (const { target } of database.entityMetadatas) {
    for (const row of await stored(database, target)) texts.push(Object.values(row).map(textOf).join(' '));
  }
  return texts;
}

function stored(database: DataSource, entity: EntityTarget<ObjectLiteral>): Promise<Record<string, unknown>[]> {
  const query = database.createQueryBuilder(entity, 'stored');
  return (entity === RefreshTokenEventRecord ? query.orderBy('stored.id', 'DESC').limit(NEWEST_EVENTS) : query).getRawMany();
}

function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return ALIGNMENTS.map((skipped) => value.subarray(skipped).toString('base64url')).join(' ');
  return String(value);
}
