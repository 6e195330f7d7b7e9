import type { HostClaims } from '../hooks';
import { newId } from '../ids';
import { assertName, assertSubject } from '../names';
import { toContent } from '../tokens/host-claims';
import type { DeviceInfo } from './device-info';
import { RefreshToken, type RefreshTokenKind } from './refresh-token.entity';

/** What a family is begun with. */
export interface NewFamily {
  readonly kind: RefreshTokenKind;
  /** @default `key:` and the id */
  readonly subject?: unknown;
  readonly audience: unknown;
  readonly content?: HostClaims;
  readonly label?: unknown;
  readonly rotates: boolean;
  /** Idle lifetime in seconds. */
  readonly lifetime: number;
  /** Absolute lifetime in seconds. */
  readonly maxLifetime: number;
  readonly device: DeviceInfo | null;
  readonly tokenHash: string;
  readonly secretId: string;
}

/** What a family brings along that began elsewhere. */
export interface FamilyOrigin {
  readonly id: string;
  /** Milliseconds since 1970; the absolute lifetime counts from here. */
  readonly createdAt: number;
  readonly lastUsed: Date;
}

/** The row of generation 0. @throws TypeError when the input can't make one */
export function newRefreshToken(family: NewFamily, now: number, origin?: FamilyOrigin): RefreshToken {
  const { id, createdAt, lastUsed } = origin ?? { id: newId(now), createdAt: now, lastUsed: null };
  const { kind, subject = `key:${id}`, lifetime, maxLifetime, device, rotates, tokenHash, secretId } = family;
  assertSubject(subject);
  const endsAt = createdAt + maxLifetime * 1000;
  return Object.assign(new RefreshToken(), {
    id, kind, subject, tokenHash, secretId, rotates, lifetime,
    audience: assertName('audience', family.audience),
    content: toContent(family.content ?? {}),
    label: family.label === undefined ? null : assertName('label', family.label),
    createdAt: new Date(createdAt), expiresAt: new Date(Math.min(now + lifetime * 1000, endsAt)), endsAt: new Date(endsAt),
    revokedAt: null, revokedReason: null, revokedBy: null, lastUsed, generation: 0, confirmedGeneration: 0, rotatedAt: null, rotationNonce: null,
    deviceInfo: device, ip: device?.ip ?? null,
  } satisfies Omit<RefreshToken, 'jti'>); // prettier-ignore
}
