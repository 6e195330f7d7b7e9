import { JwtService } from '@nestjs/jwt';
import type { KeyObject } from 'node:crypto';
import type { ResolvedKey } from '../resolve-keys';

/** One access-token key, ready for use. */
export interface RingKey {
  readonly id: string;
  readonly algorithm: ResolvedKey['algorithm'];
  readonly verifyWith: KeyObject;
  readonly jwt: JwtService;
}

/**
 * The access-token keys by `kid`. Keys are `KeyObject`s made once: jsonwebtoken parses a text secret anew on each call,
 * which costs more than the signature. A `kid` is looked up here and nowhere else (RFC 8725 §3.10).
 */
export class KeyRing {
  private readonly keys: ReadonlyMap<string, RingKey>;

  constructor(keys: readonly ResolvedKey[]) {
    this.keys = new Map(keys.map((key) => [key.id, { ...key, jwt: jwtServiceFor(key) }]));
  }

  /** The key that signs. */
  get current(): RingKey {
    return this.keys.values().next().value as RingKey;
  }

  /** The key a header names; a header without `kid` means the current one. */
  find(kid: unknown): RingKey | null {
    if (kid === undefined) return this.current;
    return typeof kid === 'string' ? (this.keys.get(kid) ?? null) : null;
  }
}

function jwtServiceFor({ id, algorithm, signWith, verifyWith }: ResolvedKey): JwtService {
  const signOptions = { algorithm, keyid: id, header: { alg: algorithm, typ: 'at+jwt' } };
  const verifyOptions = { algorithms: [algorithm], complete: true as const };
  return algorithm === 'HS256'
    ? new JwtService({ secret: verifyWith, signOptions, verifyOptions })
    : new JwtService({ privateKey: signWith, publicKey: verifyWith, signOptions, verifyOptions });
}
