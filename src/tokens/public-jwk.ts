import { createPublicKey, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '../jwt-refresh.options';
import type { ResolvedKey } from '../resolve-keys';

/** A public key as other services need it to verify (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2). */
export interface PublicJwk {
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
  readonly alg: SigningAlgorithm;
  readonly use: 'sig';
  readonly kid: string;
}

/** The public half of a key, member by member, so that no private one can slip in. A secret has none: null. */
export function publicJwk({ id, algorithm, verifyWith }: ResolvedKey): PublicJwk | null {
  if (verifyWith.type !== 'public') return null;
  const { kty = '', crv, x, y, n, e } = withPlainType(verifyWith).export({ format: 'jwk' });
  return { kty, crv, x, y, n, e, alg: algorithm, use: 'sig', kid: id };
}

/**
 * A JWK can't say that an RSA key is of type RSA-PSS, and Node makes none of it. Its SPKI (RFC 5280 §4.1.2.7) is a header of 4
 * bytes, the algorithm with a header of 2, and after 5 bytes more the key as PKCS #1 has it (RFC 8017 §A.1.1).
 */
function withPlainType(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa-pss') return key;
  const spki = key.export({ format: 'der', type: 'spki' });
  const algorithmLength = spki.readUInt8(5);
  return createPublicKey({ key: spki.subarray(4 + 2 + algorithmLength + 5), format: 'der', type: 'pkcs1' });
}
