import type { HostClaims } from '../hooks';
import { REGISTERED_CLAIMS } from '../tokens/access-token.service';

const MAX_NAME_LENGTH = 255;
const MAX_CONTENT_BYTES = 4096;
const CONTROL_CHARACTER = /\p{Cc}|\p{Cs}/u;

/**
 * A subject must come back from every database exactly as it was given: some ignore trailing spaces when they compare,
 * some refuse NUL, and a number would be another user's id for one of them.
 *
 * @throws TypeError
 */
export function assertSubject(value: unknown): asserts value is string {
  if (typeof value !== 'string')
    throw new TypeError(`subject must be a text, but it is ${value === null ? 'null' : typeof value}; give String(user.id)`);
  assertName('subject', value);
}

/** @throws TypeError */
export function assertName(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_NAME_LENGTH) {
    throw new TypeError(`${name} must be a text of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (value !== value.trim() || CONTROL_CHARACTER.test(value)) {
    throw new TypeError(`${name} must have no space at its ends and no control characters`);
  }
  return value;
}

/** @throws TypeError */
export function assertHostClaims(content: unknown): HostClaims {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new TypeError('content must be an object of claims');
  const taken = Object.keys(content).filter((claim) => REGISTERED_CLAIMS.includes(claim));
  if (taken.length > 0) throw new TypeError(`content must not name claims that the module writes: ${taken.join(', ')}`);
  const text = JSON.stringify(content);
  if (Buffer.byteLength(text) > MAX_CONTENT_BYTES) throw new TypeError(`content must be at most ${MAX_CONTENT_BYTES} bytes of JSON`);
  return JSON.parse(text) as HostClaims;
}
