import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from 'node:crypto';
import type { AccessTokenKey, ServerSecret, SigningAlgorithm } from './jwt-refresh.options';
import type { OptionsCheck } from './options-check';

export interface ResolvedKey {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly signWith?: KeyObject;
  readonly verifyWith: KeyObject;
  readonly createdAt?: Date;
}

const ALGORITHMS: readonly SigningAlgorithm[] = ['HS256', 'RS256', 'ES256'];
const KEY_MEMBERS = ['id', 'algorithm', 'secret', 'privateKey', 'publicKey', 'createdAt'];
const MIN_RSA_BITS = 2048;

/** Without keys of its own, the access token is signed with the server's secrets. */
export function keysFromSecrets(secrets: readonly ServerSecret[]): [ResolvedKey, ...ResolvedKey[]] {
  return secrets.filter(({ value }) => value).map(({ id, value, createdAt }) => ({ ...symmetricKey(id, value), createdAt })) as [
    ResolvedKey,
    ...ResolvedKey[],
  ];
}

function symmetricKey(id: string, secret: string): ResolvedKey {
  const key = createSecretKey(Buffer.from(secret));
  return { id, algorithm: 'HS256', signWith: key, verifyWith: key };
}

export function resolveKeys(check: OptionsCheck, value: unknown): [ResolvedKey, ...ResolvedKey[]] {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  if (entries.length === 0) check.problem('accessToken.keys', 'must be a list with at least one key');
  const keys = entries.map((entry, index) => resolveKey(check, `accessToken.keys[${index}]`, entry)).filter((key) => key !== null);
  check.distinctIds('accessToken.keys', keys);
  if (keys.length > 0 && !keys[0]?.signWith) check.problem('accessToken.keys[0]', 'signs, so it needs a secret or a privateKey');
  return keys as [ResolvedKey, ...ResolvedKey[]];
}

function resolveKey(check: OptionsCheck, path: string, value: unknown): ResolvedKey | null {
  const given = check.section(path, value, KEY_MEMBERS) as Partial<AccessTokenKey>;
  const id = check.id(`${path}.id`, given.id);
  const createdAt = check.date(`${path}.createdAt`, given.createdAt);
  const key = keyMaterial(check, path, { ...given, id });
  return key && { ...key, createdAt };
}

function keyMaterial(check: OptionsCheck, path: string, given: Partial<AccessTokenKey> & { id: string }): ResolvedKey | null {
  const { id } = given;
  const algorithm = ALGORITHMS.find((known) => known === given.algorithm);
  if (!algorithm) check.problem(`${path}.algorithm`, `must be one of ${ALGORITHMS.join(', ')}`);
  if (algorithm !== 'HS256') return algorithm ? asymmetricKey(check, path, { ...given, algorithm }) : null;
  const secret = check.secretValue(`${path}.secret`, given.secret);
  return secret ? symmetricKey(id, secret) : null;
}

function asymmetricKey(check: OptionsCheck, path: string, given: AccessTokenKey): ResolvedKey | null {
  try {
    const signWith = given.privateKey === undefined ? undefined : toPrivateKey(given.privateKey);
    const verifyWith = toPublicKey(given.publicKey ?? (signWith as KeyObject));
    const problem = problemOf(verifyWith, given.algorithm, signWith);
    if (problem) check.problem(path, problem);
    return { id: given.id, algorithm: given.algorithm, signWith, verifyWith };
  } catch {
    // The cause is left out: a parser's message may quote key material.
    check.problem(path, `needs a privateKey or publicKey for ${given.algorithm}, as PEM text or KeyObject`);
    return null;
  }
}

function toPrivateKey(key: string | KeyObject): KeyObject {
  if (!(key instanceof KeyObject)) return createPrivateKey(key);
  if (key.type !== 'private') throw new TypeError('not a private key');
  return key;
}

function toPublicKey(key: string | KeyObject): KeyObject {
  return key instanceof KeyObject && key.type === 'public' ? key : createPublicKey(key);
}

function problemOf(verifyWith: KeyObject, algorithm: SigningAlgorithm, signWith?: KeyObject): string | null {
  const { modulusLength = 0, namedCurve } = verifyWith.asymmetricKeyDetails ?? {};
  const isRsa = verifyWith.asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS;
  if (algorithm === 'RS256' && !isRsa) return `must be an RSA key of ${MIN_RSA_BITS} bits or more for RS256`;
  if (algorithm === 'ES256' && namedCurve !== 'prime256v1') return 'must be a P-256 key for ES256';
  if (signWith && !createPublicKey(signWith).equals(verifyWith)) return 'has a publicKey that does not belong to its privateKey';
  return null;
}
