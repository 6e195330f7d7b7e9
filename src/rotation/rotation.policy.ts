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

/** When a refresh is decided, in milliseconds since 1970. */
export interface RotationMoments {
  /** When the request came. Grace is judged by it: a database that is slow makes no honest retry a theft. */
  readonly asked: number;
  /** When its row is known. Ends are judged by it: nothing is accepted past them. */
  readonly now: number;
}

/** The whole decision of a refresh, pure: same arguments, same verdict. */
export function decideRotation(
  family: FamilyState | null,
  token: PresentedToken,
  { asked, now }: RotationMoments,
  policy: RotationPolicy,
): RotationVerdict {
  if (!family) return 'unknown';
  if (token.generation > family.generation) return 'ahead';
  const spent = token.generation < family.generation;
  if (family.revokedAt) return spent && family.revokedReason === REUSE_REASON ? 'reuse' : 'revoked';
  if (now >= family.expiresAt.getTime() || now >= family.endsAt.getTime()) return 'expired';
  if (!spent) return token.lineage === 'current' ? 'rotate' : 'unknown';
  if (token.generation < family.generation - 1) return 'reuse';
  if (token.lineage !== 'predecessor') return 'unknown';
  return isInGrace(family, asked, policy) || isUnconfirmed(family, asked, policy) ? 'retry' : 'reuse';
}

/** Counts from the rotation itself, so that retries can't stretch it. */
export function isInGrace(family: Pick<FamilyState, 'rotatedAt'>, asked: number, { graceSeconds }: RotationPolicy): boolean {
  return isWithin(graceSeconds, family, asked);
}

function isUnconfirmed(family: FamilyState, asked: number, { retryUntilConfirmed }: RotationPolicy): boolean {
  return family.confirmedGeneration < family.generation && isWithin(retryUntilConfirmed, family, asked);
}

/** Within no time is nobody, also who asked before a rotation that was first. */
function isWithin(seconds: number, { rotatedAt }: Pick<FamilyState, 'rotatedAt'>, asked: number): boolean {
  return rotatedAt !== null && seconds > 0 && asked < rotatedAt.getTime() + seconds * 1000;
}
