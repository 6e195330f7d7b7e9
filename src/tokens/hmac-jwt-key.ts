import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ResolvedKey } from '../resolve-keys';
import type { JwtKey, Members } from './jwt-key';

const DIGESTS = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const;

/** What one secret both signs and verifies with (RFC 7518 §3.2). */
export type HmacAlgorithm = keyof typeof DIGESTS;

export const isHmac = (algorithm: string): algorithm is HmacAlgorithm => algorithm in DIGESTS;

/** By node:crypto alone: every refresh signs and any request may verify, and jsonwebtoken takes three times as long for either. */
export function hmacJwtKey({ id, verifyWith: secret }: ResolvedKey, algorithm: HmacAlgorithm): JwtKey {
  const usual = { alg: algorithm, typ: 'at+jwt', kid: id };
  const usualHeader = encode(usual);
  const macOf = (signed: string): Buffer => createHmac(DIGESTS[algorithm], secret).update(signed).digest();
  return {
    id,
    algorithm,

    // RFC 7515 §5.1: the MAC covers header and payload as they are sent.
    sign(claims, header) {
      const signed = `${header ? encode({ ...usual, ...header }) : usualHeader}.${encode(claims)}`;
      return `${signed}.${macOf(signed).toString('base64url')}`;
    },

    // RFC 7515 §5.2; nothing is read before the MAC is found right.
    verify(token) {
      const [header = '', payload = '', mac = '', ...more] = token.split('.');
      const [given, expected] = [Buffer.from(mac, 'base64url'), macOf(`${header}.${payload}`)];
      const isGenuine = more.length === 0 && given.length === expected.length && timingSafeEqual(given, expected);
      const jwt = isGenuine ? { header: decode(header), payload: decode(payload) } : null;
      if (jwt?.header.alg !== algorithm) throw new Error('not signed with this key');
      return jwt;
    },
  };
}

function encode(members: Members): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}

function decode(part: string): Members {
  const members: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
  if (typeof members !== 'object' || members === null || Array.isArray(members)) throw new Error('no claims');
  return members as Members;
}
