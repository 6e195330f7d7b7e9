import { validate as isUuid } from 'uuid';
import type { DecodedRefreshToken, RefreshTokenContent } from './refresh-token.codec';

const SECRET_BYTES = 32;

/** The claims of the `jwt` and `jwe` formats. `exp` informs; the row decides. */
export interface SealedClaims {
  sid: string;
  gen: number;
  sec: string;
  iat: number;
  exp: number;
}

export function toClaims(content: RefreshTokenContent): SealedClaims {
  const { familyId, generation, secret, issuedAt, expiresAt } = content;
  return { sid: familyId, gen: generation, sec: secret.toString('base64url'), iat: issuedAt, exp: expiresAt };
}

export function fromClaims(claims: Partial<SealedClaims>): DecodedRefreshToken | null {
  const { sid, gen, sec } = claims;
  if (typeof sid !== 'string' || !isUuid(sid) || !isGeneration(gen) || typeof sec !== 'string') return null;
  const secret = Buffer.from(sec, 'base64url');
  return secret.length === SECRET_BYTES ? { familyId: sid, generation: gen, secret } : null;
}

/** What the opaque format has room for. */
function isGeneration(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32;
}
