import type { RefreshToken } from '../sessions/refresh-token.entity';

/**
 * What a genuine refresh token means for its family:
 * - `rotate`: the current one; exchange it.
 * - `retry`: the one just spent, inside the grace period or before its successor was seen in use; give the same successor again.
 * - `reuse`: a spent one, too late; somebody copied it.
 * - `expired`, `revoked`: the family is over.
 * - `unknown`: the row does not know this secret; `ahead`: nor this generation. Both come from a database that lost commits.
 */
export type RotationVerdict = Acceptance | Refusal;
export type Acceptance = 'rotate' | 'retry';
export type Refusal = 'reuse' | 'expired' | 'revoked' | 'unknown' | 'ahead';

/** The part of a row that decides. */
export type FamilyState = Pick<
  RefreshToken,
  'generation' | 'confirmedGeneration' | 'expiresAt' | 'endsAt' | 'revokedAt' | 'revokedReason' | 'rotatedAt'
>;

/** The token that was presented. */
export interface PresentedToken {
  readonly generation: number;
  /** Whether its secret is the row's current one, the one the current was derived from, or neither. */
  readonly lineage: 'current' | 'predecessor' | 'stranger';
}

export interface RotationPolicy {
  readonly graceSeconds: number;
  /** Seconds from a rotation in which its predecessor may come back while nobody has used the successor; 0 for none. */
  readonly retryUntilConfirmed: number;
}

/** Why a revoked family is revoked when one of its spent tokens came back. */
export const REUSE_REASON = 'reuse';

/**
 * The whole decision of a refresh, pure: same arguments, same verdict.
 *
 * @param now milliseconds since 1970
 */
export function decideRotation(family: FamilyState | null, token: PresentedToken, now: number, policy: RotationPolicy): RotationVerdict {
  if (!family) return 'unknown';
  if (token.generation > family.generation) return 'ahead';
  const spent = token.generation < family.generation;
  if (family.revokedAt) return spent && family.revokedReason === REUSE_REASON ? 'reuse' : 'revoked';
  if (now >= family.expiresAt.getTime() || now >= family.endsAt.getTime()) return 'expired';
  if (!spent) return token.lineage === 'current' ? 'rotate' : 'unknown';
  if (token.generation < family.generation - 1) return 'reuse';
  if (token.lineage !== 'predecessor') return 'unknown';
  return isInGrace(family, now, policy) || isUnconfirmed(family, now, policy) ? 'retry' : 'reuse';
}

/** Counts from the rotation itself, so that retries can't stretch it. */
export function isInGrace(family: Pick<FamilyState, 'rotatedAt'>, now: number, { graceSeconds }: RotationPolicy): boolean {
  return isWithin(graceSeconds, family, now);
}

function isUnconfirmed(family: FamilyState, now: number, { retryUntilConfirmed }: RotationPolicy): boolean {
  return family.confirmedGeneration < family.generation && isWithin(retryUntilConfirmed, family, now);
}

function isWithin(seconds: number, { rotatedAt }: Pick<FamilyState, 'rotatedAt'>, now: number): boolean {
  return rotatedAt !== null && now < rotatedAt.getTime() + seconds * 1000;
}
