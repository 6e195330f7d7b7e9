import type { DeviceInfo } from '../sessions/device-info';
import type { RefreshToken, RefreshTokenKind } from '../sessions/refresh-token.entity';
import type { TokenStatus } from './dto/token-filter.dto';

/** A token family as administrators see it. Instants are ISO 8601 UTC. */
export class TokenView {
  id!: string;
  kind!: RefreshTokenKind;
  subject!: string;
  audience!: string;
  /** Idle lifetime in seconds. */
  lifetime!: number;
  createdAt!: string;
  /** Idle end. */
  expiresAt!: string;
  /** Absolute end. */
  endsAt!: string;
  revokedAt!: string | null;
  revokedReason!: string | null;
  revokedBy!: string | null;
  lastUsed!: string | null;
  /** Claims in each of its access tokens. */
  content!: Record<string, unknown>;
  /** SHA-256 of the current secret; no credential. */
  tokenHash!: string;
  /** Names the current generation. */
  jti!: string;
  generation!: number;
  rotates!: boolean;
  label!: string | null;
  deviceInfo!: DeviceInfo | null;
  status!: TokenStatus;
}

/** An allow-list: a column that is added to the row does not show here by itself. */
export function tokenView(token: RefreshToken, now: number): TokenView {
  const { id, kind, subject, audience, lifetime, content, tokenHash, jti, generation, rotates, label, deviceInfo } = token;
  return {
    id, kind, subject, audience, lifetime,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    endsAt: token.endsAt.toISOString(),
    revokedAt: token.revokedAt?.toISOString() ?? null,
    revokedReason: token.revokedReason,
    revokedBy: token.revokedBy,
    lastUsed: token.lastUsed?.toISOString() ?? null,
    content, tokenHash, jti, generation, rotates, label, deviceInfo,
    status: statusOf(token, now),
  }; // prettier-ignore
}

/** The same words as the filter `status`. */
function statusOf({ revokedAt, expiresAt }: RefreshToken, now: number): TokenStatus {
  if (revokedAt) return 'revoked';
  return now >= expiresAt.getTime() ? 'expired' : 'active';
}
