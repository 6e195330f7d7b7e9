import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import type { HostClaims } from '../hooks';
import { base64urlBytes, instant, instantOrNever, json, uuidBytes } from '../storage/column-transformers';
import { BYTES, columnName, DEFAULT_TABLE_NAME, tableNameParts, type TableOptions } from '../storage/table-options';
import { type DeviceInfo, deviceTexts } from './device-info';

/** A `session` is one login on one device, a `key` is issued by an administrator. */
export type RefreshTokenKind = 'session' | 'key';

/**
 * A token family: one login on one device, or one key. One row for its whole life, rotated in place: a session
 * refreshed ten thousand times is still one row. No column holds a token or anything a token can be made from.
 */
export class RefreshToken {
  /** UUID v7 (RFC 9562 §5.7) of `createdAt`, so that their order is the same; the access token's `sid`. */
  id!: string;
  /** Whether it is somebody's login or an administrator's key. */
  kind!: RefreshTokenKind;
  /** The host's user id, the access token's `sub`; for a key that is nobody's, `key:` and its id. */
  subject!: string;
  /** The access token's `aud`. */
  audience!: string;
  /** Idle lifetime in seconds. */
  lifetime!: number;
  /** Idle end; each rotation moves it, never past `endsAt`. */
  expiresAt!: Date;
  /** Absolute end; nothing moves it. */
  endsAt!: Date;
  /** When the family began. */
  createdAt!: Date;
  /** When the family was revoked; null while it lives. */
  revokedAt!: Date | null;
  /** Why: `reuse`, `logout`, `logout_all`, `logout_others`, `session_limit`, `admin`, or the host's own word. */
  revokedReason!: string | null;
  /** Who: a subject, or null when the module itself did. */
  revokedBy!: string | null;
  /** When a refresh token of the family was last exchanged; null until the first time. */
  lastUsed!: Date | null;
  /** Claims put in each access token. */
  content!: HostClaims;
  /** SHA-256 of the current generation's secret, base64url. No credential. */
  tokenHash!: string;
  /** How often the family has rotated; 0 after login. */
  generation!: number;
  /** When the current generation replaced its predecessor; the grace period counts from here. */
  rotatedAt!: Date | null;
  /** The newest generation that somebody was seen to use; kept only with the option `refreshToken.retryUntilConfirmed`. */
  confirmedGeneration!: number;
  /** 16 random bytes that went into the current generation's secret, base64url. Worthless without the predecessor token. */
  rotationNonce!: string | null;
  /** Id of the server secret that made the current generation. */
  secretId!: string;
  /** False for a key that may be used again and again. */
  rotates!: boolean;
  /** A name for people. */
  label!: string | null;
  /** The device at login. */
  deviceInfo!: DeviceInfo | null;
  /** The address at login, as in `deviceInfo`; here it can be searched for. */
  ip!: string | null;

  /** Names the current generation: `<id>.<generation>`, unique and traceable to its row by primary key. */
  get jti(): string {
    return `${this.id}.${this.generation}`;
  }
}

/** Properties of a {@link RefreshToken} that are columns. */
export type RefreshTokenColumn = Exclude<keyof RefreshToken, 'jti'>;

// Types that mean the same on all four databases: instants are milliseconds in a bigint (no time zone, no 2038, no
// rounding), JSON is text (equal round trips), ids and digests are bytes, texts are sized. The migration sets collations.
const COLUMNS: Record<RefreshTokenColumn, EntitySchemaColumnOptions> = {
  id: { type: BYTES, primary: true, transformer: uuidBytes },
  kind: { type: 'varchar', length: 8 },
  subject: { type: 'varchar', length: 255 },
  audience: { type: 'varchar', length: 255 },
  lifetime: { type: 'int' },
  expiresAt: { type: 'bigint', transformer: instant },
  endsAt: { type: 'bigint', transformer: instant },
  createdAt: { type: 'bigint', transformer: instant },
  revokedAt: { type: 'bigint', nullable: true, transformer: instant },
  revokedReason: { type: 'varchar', length: 255, nullable: true },
  revokedBy: { type: 'varchar', length: 255, nullable: true },
  lastUsed: { type: 'bigint', default: 0, transformer: instantOrNever },
  content: { type: 'text', transformer: json },
  tokenHash: { type: BYTES, transformer: base64urlBytes },
  generation: { type: 'int' },
  rotatedAt: { type: 'bigint', nullable: true, transformer: instant },
  confirmedGeneration: { type: 'int', default: 0 },
  rotationNonce: { type: BYTES, nullable: true, transformer: base64urlBytes },
  secretId: { type: 'varchar', length: 32 },
  rotates: { type: 'boolean' },
  label: { type: 'varchar', length: 255, nullable: true },
  deviceInfo: { type: 'text', nullable: true, transformer: deviceTexts },
  ip: { type: 'varchar', length: 45, nullable: true },
};

/**
 * The secondary indexes, by what their names end in. Each one costs space, and those on `lastUsed` and `expiresAt` cost each
 * rotation; here is what they are for.
 */
export const REFRESH_TOKEN_INDEXES: Record<string, RefreshTokenColumn[]> = {
  // "My sessions", "log out everywhere", the session limit, and a subject's page, newest first.
  subject: ['subject', 'id'],
  // The administrators' list in its other orders; `id` makes places in them unique. By `createdAt` is by `id`.
  used: ['lastUsed', 'id'],
  // Also what is live, and what ends soon: `revokedAt` tells without the row.
  expires: ['expiresAt', 'id', 'revokedAt'],
  // "What was revoked": lists, who has just been, and what every node learns each second.
  revoked: ['revokedAt', 'id'],
  // The keys among many sessions, and one audience among many.
  kind: ['kind', 'audience'],
  // Who else came from there.
  ip: ['ip'],
};

export function refreshTokenSchema(table: TableOptions = {}): EntitySchema<RefreshToken> {
  const name = table.name ?? DEFAULT_TABLE_NAME;
  const columns = Object.entries(COLUMNS).map(([property, column]) => [property, { ...column, name: columnName(table, property) }]);
  return new EntitySchema<RefreshToken>({
    name: 'RefreshToken',
    target: RefreshToken,
    ...tableNameParts(name),
    synchronize: false,
    columns: Object.fromEntries(columns) as Record<RefreshTokenColumn, EntitySchemaColumnOptions>,
    indices: Object.entries(REFRESH_TOKEN_INDEXES).map(([suffix, columns]) => ({ name: `${name}_${suffix}`, columns })),
  });
}
