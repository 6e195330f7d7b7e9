import type { HostClaims } from '../hooks';

/** The claims the module writes; a host's `content` must not name them (RFC 7519 §4.1, RFC 9068 §2.2). */
const REGISTERED_CLAIMS: readonly string[] = ['iss', 'aud', 'sub', 'sid', 'gen', 'jti', 'iat', 'nbf', 'exp'];
const MAX_BYTES = 4096;

/**
 * The claims of a session, as they are stored.
 *
 * @throws TypeError
 */
export function toContent(value: unknown): HostClaims {
  const content = toHostClaims('content', value);
  const taken = Object.keys(content).filter((claim) => REGISTERED_CLAIMS.includes(claim));
  if (taken.length > 0) throw new TypeError(`content must not name claims that the module writes: ${taken.join(', ')}`);
  return content;
}

/**
 * What JSON keeps of a host's claims. They travel in a header, which has no room for many; jsonwebtoken can't sign a claim
 * that is called like a member of every object.
 *
 * @throws TypeError
 */
export function toHostClaims(what: string, value: unknown): HostClaims {
  const claims: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
  if (typeof value !== 'object' || !isPlainObject(claims)) throw new TypeError(`${what} must be an object of claims`);
  const unusable = Object.keys(claims).filter((claim) => claim in Object.prototype);
  if (unusable.length > 0) throw new TypeError(`${what} must not have a claim called ${unusable.join(', ')}`);
  if (Buffer.byteLength(JSON.stringify(claims)) > MAX_BYTES) throw new TypeError(`${what} must be at most ${MAX_BYTES} bytes of JSON`);
  return claims;
}

function isPlainObject(value: unknown): value is HostClaims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
