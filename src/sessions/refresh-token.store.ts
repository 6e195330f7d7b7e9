import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { NIL, validate as isUuid } from 'uuid';
import { Database, type RunStatement } from '../storage/database';
import { listed, type PreparedStatement, Table } from '../storage/table';
import { firstIdOf } from '../ids';
import { RefreshToken } from './refresh-token.entity';

/** What a rotation writes. */
export type RotationChange = Required<
  Pick<RefreshToken, 'tokenHash' | 'generation' | 'rotationNonce' | 'secretId' | 'rotatedAt' | 'lastUsed' | 'expiresAt'>
>;

/** Why, when and by whom a family is revoked. */
export interface Revocation {
  readonly revokedAt: Date;
  readonly revokedReason: string;
  readonly revokedBy: string | null;
}

/** A family that was revoked, and when, in milliseconds since 1970. */
export interface RevokedFamily {
  readonly id: string;
  readonly revokedAt: number;
}

/** Which families are old enough to go. */
export interface PruneBounds {
  /** What ended before. */
  readonly before: Date;
  /** Also those that ended because nobody used them; they tell no theft, because their tokens are refused as expired. */
  readonly idleToo: boolean;
}

/** How many live sessions of a subject are read at a time; one with more has a program that logs in again and again. */
export const MOST_LIVE = 1000;
/** How many rows one statement looks up; few sizes, because a connection keeps a prepared statement for each. */
const LOOKUP_SIZES = [1, 2, 4, 8, 16];
const REVOKED_PAGE = 5000;
const PRUNE_STRETCH = 1000;
const ENDED = '{endsAt} < :before';
const ENDED_OR_IDLE = `${ENDED} OR ({revokedAt} IS NULL AND {expiresAt} < :before)`;

const LIVE = '{revokedAt} IS NULL AND {expiresAt} > :now AND {endsAt} > :now';
const REVOKE = 'UPDATE {table} SET {revokedAt} = :revokedAt, {revokedReason} = :revokedReason, {revokedBy} = :revokedBy';

const STATEMENTS = {
  // By primary key. The conditions are the lock: of all who saw generation :from, one moves it. The hash keeps apart two
  // histories of one generation, which a database that lost commits can have.
  rotate: `UPDATE {table} SET {tokenHash} = :tokenHash, {generation} = :generation, {rotationNonce} = :rotationNonce,
    {secretId} = :secretId, {rotatedAt} = :rotatedAt, {lastUsed} = :lastUsed, {expiresAt} = :expiresAt
    WHERE {id} = :id AND {generation} = :generation.from AND {tokenHash} = :tokenHash.from AND {revokedAt} IS NULL`,
  // By primary key.
  restartGrace: `UPDATE {table} SET {rotatedAt} = :rotatedAt WHERE {id} = :id AND {generation} = :generation AND {tokenHash} = :tokenHash`,
  // By primary key.
  touch: 'UPDATE {table} SET {lastUsed} = :lastUsed WHERE {id} = :id AND {revokedAt} IS NULL',
  // By primary key. Revoking twice keeps the first reason.
  revoke: `${REVOKE} WHERE {id} = :id AND {revokedAt} IS NULL`,
  // By the index on subject; one statement, so that no session that exists when it runs is left out.
  revokeAll: `${REVOKE} WHERE {subject} = :subject AND {id} <> :id.except AND {revokedAt} IS NULL`,
  // By the index on subject: those that a revokeAll() has just revoked.
  findRevoked: 'SELECT {*} FROM {table} WHERE {subject} = :subject AND {revokedAt} = :revokedAt AND {revokedReason} = :revokedReason',
  // By the index on subject.
  findLive: `SELECT {*} FROM {table} WHERE {subject} = :subject AND {kind} = 'session' AND ${LIVE} ORDER BY {id} DESC LIMIT ${MOST_LIVE}`,
  // By the index on revokedAt, which holds the ids too.
  findRevokedSince: `SELECT {id} AS id, {revokedAt} AS revoked_at FROM {table}
    WHERE {revokedAt} >= :revokedAt AND ({revokedAt} > :revokedAt OR {id} > :id) ORDER BY {revokedAt}, {id} LIMIT ${REVOKED_PAGE}`,
  // By primary key, in stretches: an index on the absolute end would cost every login.
  findEnded: `SELECT {id} AS id, CASE WHEN ${ENDED} THEN 1 ELSE 0 END AS prunable FROM {table}
    WHERE {id} > :id.after AND {id} < :id.before ORDER BY {id} LIMIT ${PRUNE_STRETCH}`,
  findEndedOrIdle: `SELECT {id} AS id, CASE WHEN ${ENDED_OR_IDLE} THEN 1 ELSE 0 END AS prunable FROM {table}
    WHERE {id} > :id.after AND {id} < :id.before ORDER BY {id} LIMIT ${PRUNE_STRETCH}`,
  // Reads nothing; tells whether the table is there.
  probe: 'SELECT {*} FROM {table} WHERE 1 = 0',
} as const;

type StatementName = keyof typeof STATEMENTS;

/** Every query on `refresh_tokens`. */
@Injectable()
export class RefreshTokenStore {
  private readonly table: Table<RefreshToken>;
  private readonly statements: Record<StatementName, PreparedStatement>;
  private readonly lookups: ReadonlyMap<number, PreparedStatement>;
  /** Whoever asks in one turn of the event loop is answered by one statement: a trip to the database costs more than a row. */
  private readonly byId = new DataLoader((ids: readonly string[]) => this.lookUp(ids), {
    cache: false,
    maxBatchSize: Math.max(...LOOKUP_SIZES),
    batchScheduleFn: setImmediate,
  });

  constructor(private readonly database: Database) {
    this.table = new Table(database.dataSource, RefreshToken);
    const prepared = Object.entries(STATEMENTS).map(([name, template]) => [name, this.table.prepare(template)]);
    this.statements = Object.fromEntries(prepared) as Record<StatementName, PreparedStatement>;
    this.lookups = new Map(LOOKUP_SIZES.map((size) => [size, this.prepareLookUp(size)]));
  }

  get tableName(): string {
    return this.table.name;
  }

  /** Null also for what is no id, or another spelling of one: bytes would not tell it apart. */
  async findById(id: string): Promise<RefreshToken | null> {
    return isUuid(id) ? this.byId.load(id) : null;
  }

  /** A subject's live sessions, newest first, at most 1000. */
  async findLive(subject: string, now: Date): Promise<RefreshToken[]> {
    const { rows } = await this.run('findLive', { subject, now });
    return rows.map((row) => this.table.hydrate(row));
  }

  /** @throws DuplicateKeyError when the id is taken */
  async insert(session: RefreshToken, run: RunStatement = this.database.run): Promise<void> {
    const { sql, parameters } = this.table.insert([session]);
    await run(sql, parameters);
  }

  /**
   * Moves a family one generation on, unless somebody else has moved or revoked it.
   *
   * @param whenLate hears that it did, when nobody waits for that any more
   * @returns whether it did
   */
  async rotate(from: RefreshToken, change: RotationChange, whenLate: () => void): Promise<boolean> {
    const condition = { id: from.id, 'generation.from': from.generation, 'tokenHash.from': from.tokenHash };
    const { sql, bind } = this.statements.rotate;
    const { affected } = await this.database.runOften(sql, bind({ ...change, ...condition }), (late) => late.affected === 1 && whenLate());
    return affected === 1;
  }

  /** Lets the grace period of a generation begin at another moment, while it is the newest. */
  async restartGrace(id: string, { generation, tokenHash }: RotationChange, rotatedAt: Date): Promise<void> {
    await this.run('restartGrace', { id, generation, tokenHash, rotatedAt });
  }

  /** @throws JwtRefreshError when the table can't be read */
  async probe(): Promise<void> {
    await this.run('probe', {});
  }

  async touch(id: string, lastUsed: Date): Promise<void> {
    await this.run('touch', { id, lastUsed });
  }

  /** @returns whether this call revoked it */
  async revoke(id: string, revocation: Revocation, run: RunStatement = this.database.run): Promise<boolean> {
    const { affected } = await this.run('revoke', { id, ...revocation }, run);
    return affected === 1;
  }

  /** @returns how many this call revoked */
  async revokeAll(subject: string, revocation: Revocation, except: string | null, run: RunStatement): Promise<number> {
    const { affected } = await this.run('revokeAll', { subject, 'id.except': except ?? NIL, ...revocation }, run);
    return affected;
  }

  /** Revokes families by their ids. @returns the ids that this call revoked */
  async revokeMany(ids: readonly string[], revocation: Revocation & { revokedBy: string }, run: RunStatement): Promise<string[]> {
    const list = listed('id', ids);
    const among = `{id} IN (${list.names})`;
    const values = { ...revocation, ...list.values };
    const update = this.table.prepare(`${REVOKE} WHERE ${among} AND {revokedAt} IS NULL`);
    const { affected } = await run(update.sql, update.bind(values));
    if (affected === 0) return [];
    if (affected === ids.length) return [...ids];
    const select = this.table.prepare(
      `SELECT {id} AS id FROM {table} WHERE ${among} AND {revokedAt} = :revokedAt AND {revokedReason} = :revokedReason AND {revokedBy} = :revokedBy`,
    );
    const { rows } = await run(select.sql, select.bind(values));
    return rows.map(({ id }) => this.table.read('id', id) as string);
  }

  async findRevoked(subject: string, { revokedAt, revokedReason }: Revocation, run: RunStatement): Promise<RefreshToken[]> {
    const { rows } = await this.run('findRevoked', { subject, revokedAt, revokedReason }, run);
    return rows.map((row) => this.table.hydrate(row));
  }

  /** Families revoked since an instant, in that order, page by page. */
  async *walkRevokedSince(since: Date): AsyncGenerator<RevokedFamily[]> {
    let place: RevokedFamily = { id: NIL, revokedAt: since.getTime() };
    for (let size = REVOKED_PAGE; size === REVOKED_PAGE;) {
      const { rows } = await this.run('findRevokedSince', { id: place.id, revokedAt: new Date(place.revokedAt) });
      const page = rows.map(({ id, revoked_at }) => ({ id: this.table.read('id', id) as string, revokedAt: Number(revoked_at) }));
      yield page;
      size = page.length;
      place = page.at(-1) ?? place;
    }
  }

  /** Ids of families that may go, stretch by stretch along the primary key; there may be none in a stretch. */
  async *walkPrunable({ before, idleToo }: PruneBounds): AsyncGenerator<string[]> {
    // What began later has not ended yet.
    const range = { 'id.after': NIL as string, 'id.before': firstIdOf(before.getTime()) };
    for (let size = PRUNE_STRETCH; size === PRUNE_STRETCH;) {
      const { rows } = await this.run(idleToo ? 'findEndedOrIdle' : 'findEnded', { before, ...range });
      const ids = rows.map(({ id }) => this.table.read('id', id) as string);
      const prunable = ids.filter((_, index) => Number(rows[index]?.prunable) === 1);
      yield prunable;
      size = rows.length;
      range['id.after'] = ids.at(-1) ?? range['id.after'];
    }
  }

  /** Deletes families by their ids, but for those that came to life again. @returns how many */
  async prune(ids: readonly string[], { before, idleToo }: PruneBounds): Promise<number> {
    const list = listed('id', ids);
    const { sql, bind } = this.table.prepare(`DELETE FROM {table} WHERE {id} IN (${list.names}) AND (${idleToo ? ENDED_OR_IDLE : ENDED})`);
    return (await this.database.run(sql, bind({ before, ...list.values }))).affected;
  }

  /** Writes down that the newest generation is in use; where it is not the newest any more, or was confirmed before, nothing is. */
  async confirm(entries: readonly (readonly [id: string, generation: number])[]): Promise<void> {
    const values: Record<string, unknown> = {};
    for (const [index, [id, generation]] of entries.entries()) Object.assign(values, { [`id.${index}`]: id, [`generation.${index}`]: generation });
    const any = entries
      .map((_, index) => `({id} = :id.${index} AND {generation} = :generation.${index} AND {confirmedGeneration} < {generation})`)
      .join(' OR ');
    const { sql, bind } = this.table.prepare(`UPDATE {table} SET {confirmedGeneration} = {generation} WHERE ${any}`);
    await this.database.run(sql, bind(values));
  }

  // By primary key.
  private prepareLookUp(size: number): PreparedStatement {
    return this.table.prepare(`SELECT {*} FROM {table} WHERE {id} IN (${listed('id', Array(size).fill(NIL)).names})`);
  }

  /** @returns a row of its own for each who asked, in their order */
  private async lookUp(ids: readonly string[]): Promise<(RefreshToken | null)[]> {
    const size = LOOKUP_SIZES.find((enough) => enough >= ids.length)!;
    const { sql, bind } = this.lookups.get(size)!;
    const filled = Array.from({ length: size }, (_, index) => ids[index] ?? ids[0]);
    const { rows } = await this.database.runOften(sql, bind(listed('id', filled).values));
    const byId = new Map(rows.map((row) => [this.table.read('id', row.id), row]));
    return ids.map((id) => {
      const row = byId.get(id);
      return row ? this.table.hydrate(row) : null;
    });
  }

  private run(name: StatementName, values: Record<string, unknown>, run: RunStatement = this.database.run) {
    const { sql, bind } = this.statements[name];
    return run(sql, bind(values));
  }
}
