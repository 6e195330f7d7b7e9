import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { ServerSecret } from '../jwt-refresh.options';

/** The sub-keys of one server secret, one per purpose, so that no output of one use helps against another (RFC 5869 §3.2). */
export interface SecretKeys {
  readonly id: string;
  /** Derives a family's next secret. */
  readonly ratchet: KeyObject;
  /** Authenticates opaque tokens. */
  readonly mac: KeyObject;
  /** Signs `jwt` tokens. */
  readonly signature: KeyObject;
  /** Encrypts `jwe` tokens. */
  readonly encryption: KeyObject;
  /** Derives the nonces of `jwe` tokens. */
  readonly nonce: KeyObject;
  /** Authenticates the cursors of lists. */
  readonly cursor: KeyObject;
}

/** The live server secrets by id; the first makes new tokens. */
export class ServerSecrets {
  private readonly byId: ReadonlyMap<string, SecretKeys>;

  constructor(secrets: readonly ServerSecret[]) {
    this.byId = new Map(secrets.map((secret) => [secret.id, deriveKeys(secret)]));
  }

  get current(): SecretKeys {
    return this.byId.values().next().value as SecretKeys;
  }

  /** All of them, the current one first. */
  get all(): SecretKeys[] {
    return [...this.byId.values()];
  }

  find(id: string): SecretKeys | null {
    return this.byId.get(id) ?? null;
  }
}

function deriveKeys({ id, value }: ServerSecret): SecretKeys {
  const derive = (label: string) => createSecretKey(Buffer.from(hkdfSync('sha256', value, '', `nestjs-jwt-refresh/v1/${label}`, 32)));
  return {
    id,
    ratchet: derive('ratchet'),
    mac: derive('opaque-mac'),
    signature: derive('jwt-signature'),
    encryption: derive('jwe-encryption'),
    nonce: derive('jwe-nonce'),
    cursor: derive('list-cursor'),
  };
}

export function hmac(key: KeyObject, ...parts: (Buffer | string)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}
