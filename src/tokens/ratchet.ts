import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { randomText } from './random-pool';
import { hmac, type SecretKeys } from './server-secrets';

const SECRET_BYTES = 32;
const NONCE_BYTES = 16;

/** The secret of a family's first generation. */
export const firstSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** Fresh randomness for one rotation, stored in the row by the statement that rotates. */
export const rotationNonce = (): string => randomText(NONCE_BYTES);

/** What the row keeps of a secret. A secret has 256 random bits, so a fast digest is enough. */
export const hashSecret = (secret: Buffer): string => hash('sha256', secret, 'base64url');

/** Whether a secret is the one a row keeps the hash of. Compares digests of equal length in constant time. */
export function matchesHash(secret: Buffer, tokenHash: string): boolean {
  const given = Buffer.from(hashSecret(secret));
  const stored = Buffer.from(tokenHash);
  return given.length === stored.length && timingSafeEqual(given, stored);
}

/**
 * The one successor of a secret: `HMAC-SHA-256(K, "rotate" ‖ familyId ‖ generation ‖ secret ‖ nonce)`. Whoever brings the
 * predecessor gets the same successor again; without the predecessor, database and server secrets together can't make it.
 *
 * @param generation the generation of the successor
 */
export function nextSecret(keys: SecretKeys, familyId: string, generation: number, secret: Buffer, nonce: string): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(generation);
  return hmac(keys.ratchet, 'rotate', familyId, counter, secret, Buffer.from(nonce, 'base64url'));
}
