import { createPrivateKey, createPublicKey, createSecretKey, type JsonWebKey, KeyObject } from 'node:crypto';
import type { AccessTokenKey, ServerSecret, SigningAlgorithm } from './jwt-refresh.options';
import type { OptionsCheck } from './options-check';

export interface ResolvedKey {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly signWith?: KeyObject;
  readonly verifyWith: KeyObject;
  readonly createdAt?: Date;
}

interface KeyRule {
  readonly need: string;
  readonly fits: (key: KeyObject) => boolean;
}

type Given = Partial<AccessTokenKey> & { id: string };

type SymmetricAlgorithm = Extract<SigningAlgorithm, `HS${number}`>;
type AsymmetricAlgorithm = Exclude<SigningAlgorithm, SymmetricAlgorithm>;

const KEY_MEMBERS = ['id', 'algorithm', 'secret', 'privateKey', 'publicKey', 'createdAt'];
const MIN_RSA_BITS = 2048;

/** RFC 7518 §3.2: a secret as long as the hash. */
const SECRET_BYTES: Record<SymmetricAlgorithm, number> = { HS256: 32, HS384: 48, HS512: 64 };

const RSA: KeyRule = { need: `an RSA key of ${MIN_RSA_BITS} bits or more`, fits: isRsa };

const KEY_RULES: Record<AsymmetricAlgorithm, KeyRule> = {
  RS256: RSA,
  RS384: RSA,
  RS512: RSA,
  PS256: rsaPss(256),
  PS384: rsaPss(384),
  PS512: rsaPss(512),
  ES256: ellipticCurve('P-256', 'prime256v1'),
  ES384: ellipticCurve('P-384', 'secp384r1'),
  ES512: ellipticCurve('P-521', 'secp521r1'),
  EdDSA: { need: 'an Ed25519 key', fits: ({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519' },
};

export const SIGNING_ALGORITHMS = [...Object.keys(SECRET_BYTES), ...Object.keys(KEY_RULES)] as SigningAlgorithm[];

/** Without keys of its own, the access token is signed with the server's secrets. */
export function keysFromSecrets(secrets: readonly ServerSecret[]): [ResolvedKey, ...ResolvedKey[]] {
  return secrets.filter(({ value }) => value).map(({ id, value, createdAt }) => ({ ...symmetricKey(id, 'HS256', value), createdAt })) as [
    ResolvedKey,
    ...ResolvedKey[],
  ];
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
  const algorithm = SIGNING_ALGORITHMS.find((known) => known === given.algorithm);
  if (!algorithm) check.problem(`${path}.algorithm`, `must be one of ${SIGNING_ALGORITHMS.join(', ')}`);
  const key = algorithm && resolveMaterial(check, path, algorithm, { ...given, id });
  return key ? { ...key, createdAt } : null;
}

function resolveMaterial(check: OptionsCheck, path: string, algorithm: SigningAlgorithm, given: Given): ResolvedKey | null {
  if (isSymmetric(algorithm)) {
    refuseMembers(check, path, given, ['privateKey', 'publicKey'], `is not for ${algorithm}, which has a secret`);
    const secret = check.secretValue(`${path}.secret`, given.secret, SECRET_BYTES[algorithm]);
    return secret ? symmetricKey(given.id, algorithm, secret) : null;
  }
  refuseMembers(check, path, given, ['secret'], `is not for ${algorithm}, which has a privateKey or publicKey`);
  return asymmetricKey(check, path, algorithm, given);
}

function isSymmetric(algorithm: SigningAlgorithm): algorithm is SymmetricAlgorithm {
  return algorithm in SECRET_BYTES;
}

function refuseMembers(check: OptionsCheck, path: string, given: Given, names: readonly (keyof Given)[], sentence: string): void {
  for (const name of names.filter((each) => given[each] !== undefined)) check.problem(`${path}.${name}`, sentence);
}

function symmetricKey(id: string, algorithm: SymmetricAlgorithm, secret: string): ResolvedKey {
  const key = createSecretKey(Buffer.from(secret));
  return { id, algorithm, signWith: key, verifyWith: key };
}

function asymmetricKey(check: OptionsCheck, path: string, algorithm: AsymmetricAlgorithm, given: Given): ResolvedKey | null {
  const { id, privateKey, publicKey } = given;
  if (privateKey === undefined && publicKey === undefined)
    check.problem(path, `needs a privateKey, or a publicKey if it only verifies, for ${algorithm}`);
  const signWith = privateKey === undefined ? undefined : readKey(check, `${path}.privateKey`, 'private', algorithm, privateKey);
  const derived = signWith && createPublicKey(signWith);
  const verifyWith = publicKey === undefined ? derived : readKey(check, `${path}.publicKey`, 'public', algorithm, publicKey);
  if (signWith === null || !verifyWith) return null;
  if (derived && !derived.equals(verifyWith)) check.problem(path, 'has a publicKey that does not belong to its privateKey');
  return { id, algorithm, signWith, verifyWith };
}

function readKey(check: OptionsCheck, path: string, type: KeyObject['type'], algorithm: AsymmetricAlgorithm, given: unknown): KeyObject | null {
  const key = parseKey(given);
  const problem = key ? problemOf(key, type, algorithm) : unreadable(given);
  const alg = (given as { alg?: unknown } | null)?.alg ?? algorithm;
  if (problem) check.problem(path, problem);
  // RFC 7517 §4.4: a JWK may say what it is for.
  else if (alg !== algorithm) check.problem(path, `has an "alg" that is not ${algorithm}`);
  return problem ? null : key;
}

function parseKey(given: unknown): KeyObject | null {
  if (given instanceof KeyObject) return given;
  // Environment variables and .env files often hold a PEM on one line.
  const input = typeof given === 'string' ? given.replaceAll('\\n', '\n') : { key: given as JsonWebKey, format: 'jwk' as const };
  for (const create of [createPrivateKey, createPublicKey]) {
    try {
      return create(input);
    } catch {
      // The cause is left out: a parser's message may quote key material.
    }
  }
  return null;
}

function unreadable(given: unknown): string {
  if (typeof given === 'string' && /ENCRYPTED/.test(given)) return 'is encrypted; decrypt it with: openssl pkey -in <file>';
  return 'can not be read; give PEM text with its line breaks (or \\n for each), a KeyObject or a JWK';
}

function problemOf(key: KeyObject, type: KeyObject['type'], algorithm: AsymmetricAlgorithm): string | null {
  if (key.type !== type) return `must be a ${type} key, but is a ${key.type} one`;
  const { fits, need } = KEY_RULES[algorithm];
  return fits(key) ? null : `must be ${need} for ${algorithm}`;
}

function ellipticCurve(name: string, namedCurve: string): KeyRule {
  return { need: `a ${name} key`, fits: ({ asymmetricKeyDetails }) => asymmetricKeyDetails?.namedCurve === namedCurve };
}

/** RFC 7518 §3.5: one hash for the signature and for MGF1, and a salt as long as it. An RSA-PSS key may be bound to others. */
function rsaPss(bits: number): KeyRule {
  const hash = `sha${bits}`;
  const isBoundToHash = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean => {
    const { hashAlgorithm, mgf1HashAlgorithm, saltLength = 0 } = asymmetricKeyDetails ?? {};
    return asymmetricKeyType === 'rsa-pss' && hashAlgorithm === hash && mgf1HashAlgorithm === hash && saltLength <= bits / 8;
  };
  const need = `${RSA.need}, of type RSA or of type RSA-PSS bound to SHA-${bits}`;
  return { need, fits: (key) => isRsa(key) || (isBoundToHash(key) && isLongEnough(key)) };
}

function isRsa(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa' && isLongEnough(key);
}

function isLongEnough({ asymmetricKeyDetails }: KeyObject): boolean {
  return (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
}
