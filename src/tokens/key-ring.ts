import type { ResolvedKey } from '../resolve-keys';
import { type JwtKey, jwtKey } from './jwt-key';
import { publicJwk, type PublicJwk } from './public-jwk';

/** The access-token keys by `kid`. A `kid` is looked up here and nowhere else: no file, no address, no query (RFC 8725 §3.10). */
export class KeyRing {
  /** For those who only verify, in the order of the options. */
  readonly publicKeys: PublicJwk[];
  private readonly keys: ReadonlyMap<string, JwtKey>;

  constructor(keys: readonly ResolvedKey[]) {
    this.publicKeys = keys.map(publicJwk).filter((key) => key !== null);
    this.keys = new Map(keys.map((key) => [key.id, jwtKey(key)]));
  }

  /** The key that signs. */
  get current(): JwtKey {
    return this.keys.values().next().value as JwtKey;
  }

  /** The key a header names; a header without `kid` means the current one. */
  find(kid: unknown): JwtKey | null {
    if (kid === undefined) return this.current;
    return typeof kid === 'string' ? (this.keys.get(kid) ?? null) : null;
  }
}
