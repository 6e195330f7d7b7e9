import { Injectable } from '@nestjs/common';
import { Database, type RunStatement } from '../storage/database';
import { listed, type PreparedStatement, Table } from '../storage/table';
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

const LIVE = '{revokedAt} IS NULL AND {expiresAt} > :now AND {endsAt} > :now';
const REVOKE = 'UPDATE {table} SET {revokedAt} = :revokedAt, {revokedReason} = :revokedReason, {revokedBy} = :revokedBy';

const STATEMENTS = {
  // By primary key.
  findById: 'SELECT {*} FROM {table} WHERE {id} = :id',
  // By primary key. The conditions are the lock: of all who saw generation :from, one moves it. The hash keeps apart two
  // histories of one generation, which a database that lost commits can have.
  rotate: `UPDATE {table} SET {tokenHash} = :tokenHash, {generation} = :generation, {rotationNonce} = :rotationNonce,
    {secretId} = :secretId, {rotatedAt} = :rotatedAt, {lastUsed} = :lastUsed, {expiresAt} = :expiresAt
    WHERE {id} = :id AND {generation} = :fromGeneration AND {tokenHash} = :fromHash AND {revokedAt} IS NULL`,
  // By primary key.
  touch: 'UPDATE {table} SET {lastUsed} = :lastUsed WHERE {id} = :id AND {revokedAt} IS NULL',
  // By primary key. Revoking twice keeps the first reason.
  revoke: `${REVOKE} WHERE {id} = :id AND {revokedAt} IS NULL`,
  // By the index on subject; one statement, so that no session that exists when it runs is left out.
  revokeAll: `${REVOKE} WHERE {subject} = :subject AND {id} <> :except AND {revokedAt} IS NULL`,
  // By the index on subject: those that a revokeAll() has just revoked.
  findRevoked: 'SELECT {*} FROM {table} WHERE {subject} = :subject AND {revokedAt} = :revokedAt AND {revokedReason} = :revokedReason',
  // By the index on subject. A subject with more has a program that logs in again and again.
  findLive: `SELECT {*} FROM {table} WHERE {subject} = :subject AND {kind} = 'session' AND ${LIVE} ORDER BY {id} DESC LIMIT 1000`,
  // Reads nothing; tells whether the table is there.
  probe: 'SELECT {*} FROM {table} WHERE 1 = 0',
} as const;

type StatementName = keyof typeof STATEMENTS;

/** Every query on `refresh_tokens`. */
@Injectable()
export class RefreshTokenStore {
  private readonly table: Table<RefreshToken>;
  private readonly statements: Record<StatementName, PreparedStatement>;

  constructor(private readonly database: Database) {
    this.table = new Table(database.dataSource, RefreshToken);
    const prepared = Object.entries(STATEMENTS).map(([name, template]) => [name, this.table.prepare(template)]);
    this.statements = Object.fromEntries(prepared) as Record<StatementName, PreparedStatement>;
  }

  get tableName(): string {
    return this.table.name;
  }

  async findById(id: string): Promise<RefreshToken | null> {
    const { rows } = await this.run('findById', { id });
    return rows[0] ? this.table.hydrate(rows[0]) : null;
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

  /** Moves a family one generation on, unless somebody else has moved or revoked it. @returns whether it did */
  async rotate(from: RefreshToken, change: RotationChange): Promise<boolean> {
    const condition = { id: from.id, fromGeneration: from.generation, fromHash: from.tokenHash };
    const { affected } = await this.run('rotate', { ...change, ...condition });
    return affected === 1;
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
  async revokeAll(subject: string, revocation: Revocation, except: string | null): Promise<number> {
    const { affected } = await this.run('revokeAll', { subject, except: except ?? '', ...revocation });
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
    return rows.map(({ id }) => String(id));
  }

  async findRevoked(subject: string, { revokedAt, revokedReason }: Revocation): Promise<RefreshToken[]> {
    const { rows } = await this.run('findRevoked', { subject, revokedAt, revokedReason });
    return rows.map((row) => this.table.hydrate(row));
  }

  private run(name: StatementName, values: Record<string, unknown>, run: RunStatement = this.database.run) {
    const { sql, bind } = this.statements[name];
    return run(sql, bind(values));
  }
}
