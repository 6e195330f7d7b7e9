import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { firstIdOf } from '../ids';
import { ipCondition } from './ip-condition';
import { RefreshToken } from '../sessions/refresh-token.entity';
import { Database } from '../storage/database';
import { KeysetSearch } from '../storage/keyset-search';
import type { Condition } from '../storage/search-plan';
import { listed, Table } from '../storage/table';
import type { RevokeFilter, TokenStatus } from './dto/token-filter.dto';

/** Finds families by filter: what each filter means in SQL, and which of them an index answers. */
@Injectable()
export class TokenListStore extends KeysetSearch<RefreshToken> {
  constructor(database: Database) {
    super(database, new Table(database.dataSource, RefreshToken), 'createdAt');
  }

  conditionsFor(filter: RevokeFilter, now: number): Condition[] {
    return [
      ...statusConditions(filter.status, now),
      ...(filter.subject === undefined ? [] : [{ sql: '{subject} = :subject', values: { subject: filter.subject }, index: 'subject', byId: true }]),
      ...kindConditions(filter),
      ...(filter.jti === undefined ? [] : [jtiCondition(filter.jti)]),
      ...(filter.device === undefined ? [] : [deviceCondition(filter.device)]),
      ...(filter.ip === undefined ? [] : [ipCondition(filter.ip, 'ip')]),
      ...begunBetween(filter.createdFrom, filter.createdTo),
      ...usedBetween(filter.lastUsedFrom, filter.lastUsedTo),
      ...between('expiresAt', filter.expiresFrom, filter.expiresTo),
      ...(filter.ids === undefined ? [] : [idsCondition(filter.ids)]),
      ...(filter.exceptId === undefined ? [] : [{ sql: '{id} <> :id.except', values: { 'id.except': filter.exceptId.toLowerCase() } }]),
    ];
  }
}

/** The index on `expiresAt` also holds `revokedAt`. */
function statusConditions(status: TokenStatus | undefined, now: number): Condition[] {
  switch (status) {
    case 'active':
      return [{ sql: '{expiresAt} > :now AND {revokedAt} IS NULL', values: { now }, index: 'expiresAt' }];
    case 'expired':
      return [{ sql: '{expiresAt} <= :now AND {revokedAt} IS NULL', values: { now }, index: 'expiresAt' }];
    case 'revoked':
      return [{ sql: '{revokedAt} > 0', index: 'revokedAt' }];
    default:
      return [];
  }
}

/** One index on both: to use it for the audience alone, all kinds are named. */
function kindConditions({ kind, audience }: RevokeFilter): Condition[] {
  if (kind === undefined && audience === undefined) return [];
  const ofKind = kind === undefined ? "{kind} IN ('session', 'key')" : '{kind} = :kind';
  const sql = audience === undefined ? ofKind : `${ofKind} AND {audience} = :audience`;
  return [{ sql, values: { kind, audience }, index: 'kind' }];
}

/** `<id>.<generation>` of a refresh token, with more behind it of an access token; the row has lived through that generation. */
function jtiCondition(jti: string): Condition {
  const [id = '', generation = ''] = jti.split('.');
  if (!isUuid(id) || !/^\d{1,9}$/.test(generation)) return { sql: '1 = 0' };
  return {
    sql: '{id} = :id.jti AND {generation} >= :generation.jti',
    values: { 'id.jti': id.toLowerCase(), 'generation.jti': Number(generation) },
    index: 'id',
  };
}

/** `deviceInfo` is a JSON array of texts, the address last; the text must lie within one of those before it. */
function deviceCondition(device: string): Condition {
  const text = JSON.stringify(device).slice(1, -1).replace(/[!%_]/g, '!$&');
  return { sql: `LOWER({deviceInfo}) LIKE LOWER(:inside) ESCAPE '!'`, values: { inside: `%${text}%","%` } };
}

/** Ids hold the time. */
function begunBetween(from: Date | undefined, to: Date | undefined): Condition[] {
  return [
    ...(from ? [{ sql: '{id} >= :id.createdFrom', values: { 'id.createdFrom': firstIdOf(from.getTime()) }, index: 'id' }] : []),
    ...(to ? [{ sql: '{id} < :id.createdTo', values: { 'id.createdTo': firstIdOf(to.getTime() + 1) }, index: 'id' }] : []),
  ];
}

/** A family that was never used has a `lastUsed` of 0. */
function usedBetween(from: Date | undefined, to: Date | undefined): Condition[] {
  const since = new Date(Math.max(1, from?.getTime() ?? 1));
  return between('lastUsed', (from ?? to) && since, to);
}

function between(column: string, from: Date | undefined, to: Date | undefined): Condition[] {
  const bounds = [...(from ? [`{${column}} >= :${column}From`] : []), ...(to ? [`{${column}} <= :${column}To`] : [])];
  if (bounds.length === 0) return [];
  return [{ sql: bounds.join(' AND '), values: { [`${column}From`]: from, [`${column}To`]: to }, index: column }];
}

function idsCondition(ids: readonly string[]): Condition {
  if (ids.length === 0) return { sql: '1 = 0' };
  const { names, values } = listed(
    'id',
    ids.map((id) => id.toLowerCase()),
  );
  return { sql: `{id} IN (${names})`, values, index: 'id' };
}
