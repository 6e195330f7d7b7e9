import { JwtService } from '@nestjs/jwt';
import { jwtVerify, SignJWT } from 'jose';
import type { KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '../jwt-refresh.options';
import type { ResolvedKey } from '../resolve-keys';
import { type HmacAlgorithm, hmacJwtKey, isHmac } from './hmac-jwt-key';

/** Of a header or of claims. */
export type Members = Record<string, unknown>;

/** A JWT whose signature holds; what it says is still to be checked. */
export interface SignedJwt {
  readonly header: Members;
  readonly payload: Members;
}

/** One access-token key, ready for use under its one algorithm (RFC 8725 §3.1). */
export interface JwtKey {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  /** @param header changes the usual one; an undefined member leaves it out */
  sign(claims: Members, header?: Members): string | Promise<string>;
  /** Checks the signature alone: times are for the module's own clock. Throws for anything that this key did not sign. */
  verify(token: string): SignedJwt | Promise<SignedJwt>;
}

/** jsonwebtoken has no EdDSA (RFC 8037). */
export function jwtKey(key: ResolvedKey): JwtKey {
  if (isHmac(key.algorithm)) return hmacJwtKey(key, key.algorithm);
  return key.algorithm === 'EdDSA' ? joseKey(key) : jsonwebtokenKey(key, key.algorithm);
}

/** With `KeyObject`s made once: jsonwebtoken parses a text anew on each call, which costs more than a verification. */
function jsonwebtokenKey({ id, signWith, verifyWith }: ResolvedKey, algorithm: Exclude<SigningAlgorithm, HmacAlgorithm | 'EdDSA'>): JwtKey {
  const jwt = new JwtService({ privateKey: signWith, publicKey: verifyWith });
  const usual = { alg: algorithm, typ: 'at+jwt', kid: id };
  const verifyOptions = { algorithms: [algorithm], complete: true as const, ignoreExpiration: true, ignoreNotBefore: true };
  return {
    id,
    algorithm,
    // jsonwebtoken adds a missing `iat` unless told not to, and drops a present one when told so.
    sign: (claims, header) => jwt.sign(claims, { algorithm, header: { ...usual, ...header }, noTimestamp: !('iat' in claims) }),
    verify: (token) => jwt.verify<SignedJwt>(token, verifyOptions),
  };
}

function joseKey({ id, algorithm, signWith, verifyWith }: ResolvedKey): JwtKey {
  const usual = { alg: algorithm, typ: 'at+jwt', kid: id };
  return {
    id,
    algorithm,
    sign: (claims, header) => new SignJWT(claims).setProtectedHeader({ ...usual, ...header }).sign(signWith as KeyObject),
    async verify(token) {
      const { payload, protectedHeader } = await jwtVerify(token, verifyWith, { algorithms: [algorithm], clockTolerance: Number.MAX_SAFE_INTEGER });
      return { header: { ...protectedHeader }, payload };
    },
  };
}
