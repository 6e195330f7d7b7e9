import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { getDataSourceToken, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyPairKeyObjectResult,
  randomBytes,
} from 'node:crypto';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { systemClock } from './clock';
import { ERROR_TABLE, JwtRefreshOptionsError } from './errors';
import { JwtRefreshModule } from './jwt-refresh.module';
import type { AccessTokenKey, JwtRefreshOptions } from './jwt-refresh.options';
import { resolveOptions } from './resolve-options';
import { JWT_REFRESH_ENTITIES } from './storage/entities';

const SECRET = randomBytes(48).toString('base64');
const GOOD: JwtRefreshOptions = { secret: SECRET, issuer: 'https://api.example', audience: 'web' };

/** Options as a host without types, or an environment without variables, may give them. */
type Given = Record<string, unknown>;

function problemsWith(changes: Given): readonly string[] {
  try {
    resolveOptions({ ...GOOD, ...changes } as JwtRefreshOptions);
    return [];
  } catch (error) {
    if (error instanceof JwtRefreshOptionsError) return error.problems;
    throw error;
  }
}

/** Each problem begins with the path of the option it is about. */
const pathsIn = (problems: readonly string[]): string[] => problems.map((problem) => problem.split(' ', 1)[0]!);

/** `at('audit.enabled', 1)` is `{ audit: { enabled: 1 } }`. */
const at = (path: string, value: unknown): Given => path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Given;

interface PemPair {
  privateKey: string;
  publicKey: string;
}

const inPem = ({ privateKey, publicKey }: KeyPairKeyObjectResult): PemPair => ({
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
});
/** PKCS #8 under a passphrase that the module is not told. */
const encrypted = (privateKey: string): string =>
  createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' }).toString();

const jwkOf = (privateKey: string): JsonWebKey => createPrivateKey(privateKey).export({ format: 'jwk' });

const RSA = inPem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const OTHER_RSA = inPem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const RSA_1024 = inPem(generateKeyPairSync('rsa', { modulusLength: 1024 }));
const RSA_PSS = inPem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }));
const PSS_256 = inPem(generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256' }));
const P256 = inPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const P384 = inPem(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
const SECP256K1 = inPem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }));
const ED25519 = inPem(generateKeyPairSync('ed25519'));
const ED448 = inPem(generateKeyPairSync('ed448'));
const GARBAGE = RSA.privateKey.replace(/.{8}\n-----END/, '\n-----END');

describe('the defaults', () => {
  it('are these', () => {
    const { accessToken, ...options } = resolveOptions(GOOD);
    expect(options).toEqual({
      secrets: [{ id: 'default', value: SECRET }],
      issuer: 'https://api.example',
      audiences: ['web'],
      refreshToken: { lifetime: 14 * 86_400, maxLifetime: 90 * 86_400, graceSeconds: 30, retryUntilConfirmed: 0, format: 'opaque' },
      request: { refreshTokenParam: 'refresh_token' },
      response: { accessTokenProp: 'access_token', refreshTokenProp: 'refresh_token', authorizationHeader: true },
      transport: 'body',
      cookie: {
        name: '__Host-refresh_token',
        sameSite: 'strict',
        secure: true,
        path: '/',
        domain: undefined,
        partitioned: false,
        header: 'x-requested-with',
        origins: [],
      },
      revocation: { check: 'bounded', superseded: 'accept', pollInterval: 1, redis: null, redisChannel: 'jwt-refresh:revoked' },
      accessTokenOnRefresh: 'ignore',
      maxSessionsPerSubject: Infinity,
      hooks: {},
      errors: {},
      throttle: { mode: 'if-present', invalidTokens: { limit: 100, per: 60 }, refreshes: { limit: 60, per: 60 } },
      oauth: { clients: [] },
      audit: { enabled: true, queueLimit: 10_000, rotationsFor: 30 * 86_400, eventsFor: 400 * 86_400 },
      prune: { enabled: true, every: 3600, keepFor: 7 * 86_400 },
      admin: {
        authorize: null,
        readOnly: false,
        freshFor: null,
        exportLimit: 100_000,
        login: { path: 'auth/login', usernameField: 'username', passwordField: 'password' },
      },
      clock: systemClock,
    });
    expect(accessToken).toMatchObject({
      lifetime: 1800,
      notBeforeLeeway: 5,
      clockTolerance: 0,
      cacheSize: 10_000,
      keys: [{ id: 'default', algorithm: 'HS256' }],
    });
    expect(accessToken.keys[0].signWith!.export().toString()).toBe(SECRET);
  });

  it('hold for every option and every section that is given as undefined', () => {
    const sections = [
      'accessToken',
      'refreshToken',
      'request',
      'response',
      'cookie',
      'revocation',
      'hooks',
      'errors',
      'throttle',
      'audit',
      'prune',
      'admin',
    ];
    const absent = ['accessTokenOnRefresh', 'maxSessionsPerSubject', 'clock', ...sections];
    const hollow = {
      accessToken: { lifetime: undefined, notBeforeLeeway: undefined, clockTolerance: undefined, keys: undefined, cacheSize: undefined },
      refreshToken: { lifetime: undefined, maxLifetime: undefined, graceSeconds: undefined, retryUntilConfirmed: undefined, format: undefined },
      request: { refreshTokenParam: undefined },
      response: { accessTokenProp: undefined, refreshTokenProp: undefined, authorizationHeader: undefined },
      revocation: { check: undefined, superseded: undefined, pollInterval: undefined, redis: undefined, redisChannel: undefined },
      prune: { enabled: undefined, every: undefined, keepFor: undefined },
      hooks: { beforeRotate: undefined },
      errors: { refresh_token_missing: undefined },
      audit: { enabled: undefined, queueLimit: undefined },
    };
    const withoutGiven = ({ hooks: _hooks, errors: _errors, ...rest }: ReturnType<typeof resolveOptions>) => JSON.stringify(rest);
    const defaults = withoutGiven(resolveOptions(GOOD));
    expect(withoutGiven(resolveOptions({ ...GOOD, ...Object.fromEntries(absent.map((name) => [name, undefined])) }))).toBe(defaults);
    expect(withoutGiven(resolveOptions({ ...GOOD, ...hollow }))).toBe(defaults);
  });

  it('give each server secret a signing key of the same id, first signs', () => {
    const secret = [
      { id: '2026-11', value: SECRET },
      { id: '2025-11', value: randomBytes(48).toString('base64') },
    ];
    const { secrets, accessToken } = resolveOptions({ ...GOOD, secret });
    expect(secrets).toEqual(secret);
    expect(accessToken.keys.map(({ id, algorithm }) => [id, algorithm])).toEqual([
      ['2026-11', 'HS256'],
      ['2025-11', 'HS256'],
    ]);
  });

  it.each([
    [{ lifetime: '180d' }, { lifetime: 180 * 86_400, maxLifetime: 180 * 86_400, graceSeconds: 30 }],
    [{ lifetime: 10 }, { lifetime: 10, maxLifetime: 90 * 86_400, graceSeconds: 9 }],
    [{ lifetime: 1 }, { lifetime: 1, maxLifetime: 90 * 86_400, graceSeconds: 0 }],
    [
      { lifetime: '1h', maxLifetime: '1h', graceSeconds: 3599 },
      { lifetime: 3600, maxLifetime: 3600, graceSeconds: 3599 },
    ],
  ] as const)('of the other lifetimes give way to %j', (refreshToken, expected) => {
    expect(resolveOptions({ ...GOOD, refreshToken }).refreshToken).toMatchObject(expected);
  });
});

describe('a boot error', () => {
  describe('about a server secret', () => {
    const PLACEHOLDERS = [
      'your-256-bit-secret-your-256-bit-secret',
      'your secret goes here, at least 32 bytes',
      'change-me-change-me-change-me-change-me',
      'please changeme before you go to production',
      'CHANGE_THIS_TO_A_LONG_RANDOM_STRING!!',
      'replace_me_with_a_long_random_string',
      'this-is-only-a-placeholder-for-a-secret',
      'a-string-secret-at-least-256-bits-long',
      '<put at least thirty-two random bytes here>',
      '${JWT_REFRESH_SECRET_OF_THE_ENVIRONMENT}',
      'DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE.',
      ' '.repeat(48),
    ];

    it.each<[string, unknown]>([
      ['undefined, as from an environment without the variable', undefined],
      ['null', null],
      ['an empty text', ''],
      ['31 bytes', 'x'.repeat(31)],
      ['a number', 12345678901234567890123456789012],
      ['bytes', randomBytes(48)],
      ['an object instead of a list', { id: 'a', value: SECRET }],
      ['an empty list', []],
      ...PLACEHOLDERS.map((text): [string, string] => [`the placeholder ${text}`, text]),
    ])('names secret for %s', (_, secret) => {
      expect(pathsIn(problemsWith({ secret }))).toEqual(['secret']);
    });

    it.each<[path: string, secret: unknown[]]>([
      ['secret[0].value', [{ id: 'a', value: undefined }]],
      ['secret[0].value', [{ id: 'a' }]],
      ['secret[1].value', [{ id: 'a', value: SECRET }, { id: 'b', value: 'short' }]],
      ['secret[0].value', [{ id: 'a', value: PLACEHOLDERS[0] }]],
      ['secret[0].id', [{ value: SECRET }]],
      ['secret[0].id', [{ id: '', value: SECRET }]],
      ['secret[0].id', [{ id: 'a b', value: SECRET }]],
      ['secret[0].id', [{ id: 'schlüssel', value: SECRET }]],
      ['secret[0].id', [{ id: 'x'.repeat(33), value: SECRET }]],
      ['secret[0].id', [{ id: 'a\n', value: SECRET }]],
      ['secret[0].id', [{ id: 5, value: SECRET }]],
      ['secret[0].key', [{ id: 'a', value: SECRET, key: SECRET }]],
      ['secret', [{ id: 'a', value: SECRET }, { id: 'a', value: SECRET }]],
    ])('names %s for %j', (path, secret) => {
      expect(pathsIn(problemsWith({ secret }))).toEqual([path]);
    }); // prettier-ignore

    it('counts bytes, not characters', () => {
      expect(problemsWith({ secret: 'ü'.repeat(16) })).toEqual([]);
      expect(problemsWith({ secret: 'ü'.repeat(15) })).toEqual(['secret has 30 bytes and needs at least 32; make one with: openssl rand -base64 48']);
    });

    it('says what to do, and never repeats the secret', () => {
      expect(problemsWith({ secret: undefined })).toEqual([
        'secret must be a text of at least 32 bytes, but it is undefined; is the environment variable set?',
      ]);
      for (const secret of ['correct-horse-battery', PLACEHOLDERS[0], [{ id: 'a b', value: SECRET }], { value: SECRET }]) {
        const text = problemsWith({ secret }).join('\n');
        expect(text).toMatch(/^secret/);
        for (const value of ['correct-horse', 'your-256', SECRET]) expect(text).not.toContain(value);
      }
    });
  });

  describe('about a length of time', () => {
    const NO_DURATION: unknown[] = ['900', '0', '', 'soon', '1.5s', '500ms', NaN, Infinity, 1.5, -1, '-5m', true, {}, [60], 60n];
    const WITHOUT_ZERO = ['accessToken.lifetime', 'refreshToken.lifetime', 'refreshToken.maxLifetime'];
    const WITH_ZERO = ['accessToken.notBeforeLeeway', 'accessToken.clockTolerance'];
    const each = (paths: string[], values: unknown[]) => paths.flatMap((path) => values.map((value): [string, unknown] => [path, value]));

    it.each([...each(WITHOUT_ZERO, [...NO_DURATION, 0, '0s']), ...each(WITH_ZERO, NO_DURATION)])('names %s for %p', (path, value) => {
      expect(pathsIn(problemsWith(at(path, value)))).toEqual([path]);
    });

    it.each(WITH_ZERO)('leaves a %s of zero alone', (path) => {
      expect(problemsWith(at(path, 0))).toEqual([]);
    });

    it.each(WITH_ZERO)('names a %s that is longer than access tokens live', (path) => {
      const name = path.split('.')[1]!;
      expect(problemsWith({ accessToken: { lifetime: 60, [name]: 60 } })).toEqual([]);
      expect(problemsWith({ accessToken: { lifetime: 60, [name]: 61 } })).toEqual([`${path} must not be longer than accessToken.lifetime`]);
    });

    it('says how to write 900 seconds when given the text 900', () => {
      expect(problemsWith(at('accessToken.lifetime', '900'))).toEqual([
        "accessToken.lifetime '900' has no unit: write the number 900 for seconds, or a text like '900s'",
      ]);
    });

    it.each(['30', '30s', NaN, Infinity, -1, 1.5, true])('names refreshToken.graceSeconds for %p', (graceSeconds) => {
      expect(pathsIn(problemsWith({ refreshToken: { graceSeconds } }))).toEqual(['refreshToken.graceSeconds']);
    });

    it.each([
      ['refreshToken.lifetime', { lifetime: '91d', maxLifetime: '90d' }],
      ['refreshToken.lifetime', { maxLifetime: '13d' }],
      ['refreshToken.graceSeconds', { lifetime: 60, graceSeconds: 60 }],
      ['refreshToken.graceSeconds', { lifetime: 60, graceSeconds: 61 }],
      ['refreshToken.graceSeconds', { graceSeconds: 14 * 86_400 }],
    ])('names %s for %j, which contradict each other', (path, refreshToken) => {
      expect(pathsIn(problemsWith({ refreshToken }))).toEqual([path]);
    });

    it.each([
      ['refreshToken.lifetime', { lifetime: '100y', maxLifetime: '100y' }],
      ['refreshToken.maxLifetime', { maxLifetime: '300000y' }],
      ['refreshToken.maxLifetime', { maxLifetime: Number.MAX_SAFE_INTEGER }],
    ])('names %s for %j, which no row can hold', (path, refreshToken) => {
      expect(pathsIn(problemsWith({ refreshToken }))).toContain(path);
    });
  });

  describe('about an OAuth client', () => {
    const HASH = 'ab'.repeat(32);
    const good = (id: string): Given => ({ id, secretHash: HASH });

    it.each<[path: string, title: string, clients: unknown]>([
      ['oauth.clients', 'one client instead of a list', good('a')],
      ['oauth.clients', 'null', null],
      ['oauth.clients', 'an id twice', [good('a'), { id: 'a', public: true }]],
      ['oauth.clients[1].id', 'no id', [good('a'), { public: true }]],
      ['oauth.clients[0].id', 'an empty id', [{ id: '', public: true }]],
      ['oauth.clients[0].id', 'an id that no header can carry', [{ id: 'schlüssel', public: true }]],
      ['oauth.clients[0].id', 'a number as id', [{ id: 7, public: true }]],
      ['oauth.clients[0]', 'neither a secret nor public', [{ id: 'a' }]],
      ['oauth.clients[0]', 'neither, said aloud', [{ id: 'a', public: false }]],
      ['oauth.clients[0]', 'both a secret and public', [{ ...good('a'), public: true }]],
      ['oauth.clients[0].public', 'a text for public', [{ ...good('a'), public: 'no' }]],
      ['oauth.clients[0].secretHash', 'a secret instead of its hash', [{ id: 'a', secretHash: SECRET }]],
      ['oauth.clients[0].secretHash', 'a hash in base64', [{ id: 'a', secretHash: Buffer.from(HASH, 'hex').toString('base64') }]],
      ['oauth.clients[0].secretHash', '63 digits', [{ id: 'a', secretHash: HASH.slice(1) }]],
      ['oauth.clients[0].secretHash', "sha256sum's whole line", [{ id: 'a', secretHash: `${HASH}  -` }]],
      ['oauth.clients[0].secretHash', 'null', [{ id: 'a', secretHash: null }]],
      ['oauth.clients[0].secretHash', 'the hash of nothing', [{ id: 'a', secretHash: createHash('sha256').digest('hex') }]],
      ['oauth.clients[0].audiences', 'one audience instead of a list', [{ ...good('a'), audiences: 'web' }]],
      ['oauth.clients[0].audiences', 'no audience at all', [{ ...good('a'), audiences: [] }]],
      ['oauth.clients[0].audiences[1]', 'an empty audience', [{ ...good('a'), audiences: ['web', ''] }]],
      ['oauth.clients[0].secret', 'an unknown member', [{ ...good('a'), secret: SECRET }]],
      ['oauth.clients[0]', 'a text instead of a client', ['a']],
    ])('names %s for %s', (path, _, clients) => {
      const problems = problemsWith({ oauth: { clients } });
      expect(pathsIn(problems)).toContain(path);
      expect(problems.join()).not.toContain(SECRET);
    });

    it('names every wrong member at once', () => {
      const clients = [{ id: '', secretHash: 'x', public: 1, audiences: [] }, { id: 'b' }];
      expect(pathsIn(problemsWith({ oauth: { clients, client: 1 } }))).toEqual([
        'oauth.client',
        'oauth.clients[0].id',
        'oauth.clients[0].public',
        'oauth.clients[0].secretHash',
        'oauth.clients[0].audiences',
        'oauth.clients[1]',
      ]);
    });

    it('takes a hash in either case, audiences or none, and public ones', () => {
      const clients = [
        { id: 'a b:c', secretHash: HASH.toUpperCase(), audiences: ['x'] },
        { id: 'app', public: true },
        { id: 'c', secretHash: HASH, public: false },
      ];
      const expected = Buffer.from(HASH, 'hex');
      expect(resolveOptions({ ...GOOD, oauth: { clients } }).oauth.clients).toEqual([
        { id: 'a b:c', secretHash: expected, audiences: ['x'] },
        { id: 'app', secretHash: null, audiences: null },
        { id: 'c', secretHash: expected, audiences: null },
      ]);
    });
  });

  describe('about a signing key', () => {
    const key = (changes: Given): Given => ({ id: 'k1', algorithm: 'RS256', privateKey: RSA.privateKey, ...changes });
    const good = (id: string): Given => key({ id });

    it.each<[path: string, title: string, keys: unknown]>([
      ['accessToken.keys', 'an empty list', []],
      ['accessToken.keys', 'one key instead of a list', key({})],
      ['accessToken.keys', 'an id twice', [good('k1'), good('k1')]],
      ['accessToken.keys[1].id', 'no id', [good('k1'), key({ id: undefined })]],
      ['accessToken.keys[0].id', 'an empty id', [key({ id: '' })]],
      ['accessToken.keys[0].id', 'a path as id', [key({ id: '../../dev/null' })]],
      ['accessToken.keys[0].kid', 'an unknown member', [key({ kid: 'k1' })]],
      ['accessToken.keys[0].algorithm', 'the algorithm none', [{ id: 'k1', algorithm: 'none', secret: SECRET }]],
      ['accessToken.keys[0].algorithm', 'an algorithm in lower case', [{ id: 'k1', algorithm: 'hs256', secret: SECRET }]],
      ['accessToken.keys[0].algorithm', 'no algorithm', [{ id: 'k1', secret: SECRET }]],
      ['accessToken.keys[0].algorithm', 'an algorithm that signs nothing', [key({ algorithm: 'RSA-OAEP' })]],
      ['accessToken.keys[0].algorithm', 'secp256k1', [key({ algorithm: 'ES256K', privateKey: SECP256K1.privateKey })]],
      ['accessToken.keys[0].secret', 'HS256 without a secret', [{ id: 'k1', algorithm: 'HS256' }]],
      ['accessToken.keys[0].secret', 'HS256 with 31 bytes', [{ id: 'k1', algorithm: 'HS256', secret: 'x'.repeat(31) }]],
      [
        'accessToken.keys[0].secret',
        'HS256 with a placeholder',
        [{ id: 'k1', algorithm: 'HS256', secret: 'a-string-secret-at-least-256-bits-long' }],
      ],
      ['accessToken.keys[0].secret', 'HS384 with 47 bytes', [{ id: 'k1', algorithm: 'HS384', secret: 'x'.repeat(47) }]],
      ['accessToken.keys[0].secret', 'HS512 with 63 bytes', [{ id: 'k1', algorithm: 'HS512', secret: 'x'.repeat(63) }]],
      ['accessToken.keys[0].secret', 'a secret beside a private key', [key({ secret: SECRET })]],
      ['accessToken.keys[0].privateKey', 'a private key beside a secret', [key({ algorithm: 'HS256', secret: SECRET })]],
      ['accessToken.keys[0].publicKey', 'a public key beside a secret', [{ id: 'k1', algorithm: 'HS256', secret: SECRET, publicKey: RSA.publicKey }]],
      ['accessToken.keys[0].privateKey', 'RSA of 1024 bits', [key({ privateKey: RSA_1024.privateKey })]],
      ['accessToken.keys[0].privateKey', 'RSA of 1024 bits for PS256', [key({ algorithm: 'PS256', privateKey: RSA_1024.privateKey })]],
      [
        'accessToken.keys[1].publicKey',
        'RSA of 1024 bits, only to verify',
        [good('k1'), { id: 'k2', algorithm: 'RS256', publicKey: RSA_1024.publicKey }],
      ],
      ['accessToken.keys[0].privateKey', 'RSA-PSS for RS256', [key({ privateKey: RSA_PSS.privateKey })]],
      ['accessToken.keys[0].privateKey', 'RSA-PSS that is bound to no hash', [key({ algorithm: 'PS256', privateKey: RSA_PSS.privateKey })]],
      ['accessToken.keys[0].privateKey', 'RSA-PSS that is bound to another hash', [key({ algorithm: 'PS384', privateKey: PSS_256.privateKey })]],
      ['accessToken.keys[0].privateKey', 'P-256 for RS256', [key({ privateKey: P256.privateKey })]],
      ['accessToken.keys[0].privateKey', 'Ed25519 for RS256', [key({ privateKey: ED25519.privateKey })]],
      ['accessToken.keys[0].privateKey', 'RSA for ES256', [key({ algorithm: 'ES256' })]],
      ['accessToken.keys[0].privateKey', 'RSA for EdDSA', [key({ algorithm: 'EdDSA' })]],
      ['accessToken.keys[0].privateKey', 'Ed448 for EdDSA', [key({ algorithm: 'EdDSA', privateKey: ED448.privateKey })]],
      ['accessToken.keys[0].privateKey', 'P-384 for ES256', [key({ algorithm: 'ES256', privateKey: P384.privateKey })]],
      ['accessToken.keys[0].privateKey', 'P-256 for ES384', [key({ algorithm: 'ES384', privateKey: P256.privateKey })]],
      ['accessToken.keys[0].privateKey', 'P-384 for ES512', [key({ algorithm: 'ES512', privateKey: P384.privateKey })]],
      ['accessToken.keys[0].privateKey', 'secp256k1 for ES256', [key({ algorithm: 'ES256', privateKey: SECP256K1.privateKey })]],
      ['accessToken.keys[0].privateKey', 'a damaged PEM', [key({ privateKey: GARBAGE })]],
      ['accessToken.keys[0].privateKey', 'a text that is no PEM', [key({ privateKey: SECRET })]],
      ['accessToken.keys[0].privateKey', 'an encrypted PEM', [key({ privateKey: encrypted(RSA.privateKey) })]],
      ['accessToken.keys[0].privateKey', 'an empty PEM', [key({ privateKey: '' })]],
      ['accessToken.keys[0].privateKey', 'null for a PEM', [key({ privateKey: null })]],
      ['accessToken.keys[0].privateKey', 'a number for a PEM', [key({ privateKey: 5 })]],
      [
        'accessToken.keys[0].privateKey',
        'a JWK without its private members',
        [key({ privateKey: createPublicKey(RSA.publicKey).export({ format: 'jwk' }) })],
      ],
      ['accessToken.keys[0].privateKey', 'a JWK of a secret', [key({ privateKey: { kty: 'oct', k: 'AAAA' } })]],
      ['accessToken.keys[0].privateKey', 'a JWK for another algorithm', [key({ privateKey: { ...jwkOf(RSA.privateKey), alg: 'PS256' } })]],
      ['accessToken.keys[0]', 'no key at all', [key({ privateKey: undefined })]],
      ['accessToken.keys[0].publicKey', 'a damaged public key beside a good private one', [key({ publicKey: 'x' })]],
      ['accessToken.keys[0].publicKey', 'a private PEM where the public one belongs', [key({ publicKey: RSA.privateKey })]],
      ['accessToken.keys[0].publicKey', 'a private JWK where the public one belongs', [key({ publicKey: jwkOf(RSA.privateKey) })]],
      ['accessToken.keys[0].publicKey', 'a private KeyObject where the public one belongs', [key({ publicKey: createPrivateKey(RSA.privateKey) })]],
      ['accessToken.keys[0].privateKey', 'a public PEM where the private one belongs', [key({ privateKey: RSA.publicKey })]],
      ['accessToken.keys[0].privateKey', 'a public KeyObject where the private one belongs', [key({ privateKey: createPublicKey(RSA.publicKey) })]],
      ['accessToken.keys[0].privateKey', 'a secret KeyObject', [key({ privateKey: createSecretKey(randomBytes(48)) })]],
      ['accessToken.keys[0]', 'a public key of another pair', [key({ publicKey: OTHER_RSA.publicKey })]],
      ['accessToken.keys[0]', 'a first key that only verifies', [{ id: 'k1', algorithm: 'RS256', publicKey: RSA.publicKey }]],
    ])('names %s for %s', (path, _, keys) => {
      expect(pathsIn(problemsWith({ accessToken: { keys } }))).toEqual([path]);
    });

    it.each<[string, Given, string]>([
      ['a damaged private key', key({ privateKey: GARBAGE }), GARBAGE],
      ['a private key on one line', key({ privateKey: RSA.privateKey.replaceAll('\n', '') }), RSA.privateKey],
      ['a weak private key', key({ privateKey: RSA_1024.privateKey }), RSA_1024.privateKey],
      ['a private key of the wrong kind', key({ algorithm: 'ES256' }), RSA.privateKey],
      ['a private key that is a secret', key({ privateKey: SECRET }), SECRET],
      ['a private key for HS256', key({ algorithm: 'HS256', secret: RSA.privateKey.slice(0, 31) }), RSA.privateKey],
      ['a private key as id', key({ id: RSA.privateKey }), RSA.privateKey],
      ['a private key as algorithm', key({ algorithm: RSA.privateKey }), RSA.privateKey],
      ['a private key as public key', key({ publicKey: OTHER_RSA.privateKey }), OTHER_RSA.privateKey],
      ['a damaged JWK', key({ privateKey: { ...jwkOf(RSA.privateKey), n: 5 } }), String(jwkOf(RSA.privateKey).d)],
    ])('about %s repeats no part of it', (_, entry, material) => {
      let error: unknown;
      try {
        resolveOptions({ ...GOOD, accessToken: { keys: [entry as unknown as AccessTokenKey] } });
      } catch (thrown) {
        error = thrown;
      }
      const { message, stack, problems, cause } = error as JwtRefreshOptionsError;
      const said = JSON.stringify([message, stack, problems]);
      const lines = material.split('\n').filter((line) => line.length > 8 && !line.startsWith('-----'));
      for (const line of lines) expect(said).not.toContain(line.slice(0, 12));
      expect(cause).toBeUndefined();
    });

    it.each([
      ['an encrypted PEM', encrypted(RSA.privateKey), 'is encrypted; decrypt it with: openssl pkey -in <file>'],
      [
        'a PEM without line breaks',
        RSA.privateKey.replaceAll('\n', ''),
        'can not be read; give PEM text with its line breaks (or \\n for each), a KeyObject or a JWK',
      ],
      ['a public key', RSA.publicKey, 'must be a private key, but is a public one'],
      ['RSA of 1024 bits', RSA_1024.privateKey, 'must be an RSA key of 2048 bits or more for RS256'],
    ])('says about %s what to do', (_, privateKey, sentence) => {
      expect(problemsWith({ accessToken: { keys: [key({ privateKey })] } })).toEqual([`accessToken.keys[0].privateKey ${sentence}`]);
    });

    it.each<[string, (pem: string) => unknown]>([
      ['with \\n for its line breaks', (pem) => pem.replaceAll('\n', '\\n')],
      ['with the line breaks of Windows', (pem) => pem.replaceAll('\n', '\r\n')],
      ['as a JWK', jwkOf],
      ['as a JWK with more members', (pem) => ({ ...jwkOf(pem), kid: 'other', use: 'sig', alg: 'RS256' })],
    ])('is not made for a PEM %s', (_, spell) => {
      expect(problemsWith({ accessToken: { keys: [key({ privateKey: spell(RSA.privateKey) })] } })).toEqual([]);
    });

    it('is not made for an RSA-PSS key that is bound to the hash of its algorithm', () => {
      expect(problemsWith({ accessToken: { keys: [key({ algorithm: 'PS256', privateKey: PSS_256.privateKey })] } })).toEqual([]);
    });

    it('takes PEM texts and KeyObjects, derives the public key, and lets later keys only verify', () => {
      const keys: AccessTokenKey[] = [
        { id: 'es', algorithm: 'ES256', privateKey: P256.privateKey },
        { id: 'rs', algorithm: 'RS256', privateKey: createPrivateKey(RSA.privateKey), publicKey: RSA.publicKey },
        { id: 'hs', algorithm: 'HS256', secret: SECRET },
        { id: 'old', algorithm: 'RS256', publicKey: createPublicKey(RSA.publicKey) },
      ];
      const resolved = resolveOptions({ ...GOOD, accessToken: { keys } }).accessToken.keys;
      expect(resolved.map(({ id, algorithm, signWith, verifyWith }) => [id, algorithm, signWith?.type, verifyWith.type])).toEqual([
        ['es', 'ES256', 'private', 'public'],
        ['rs', 'RS256', 'private', 'public'],
        ['hs', 'HS256', 'secret', 'secret'],
        ['old', 'RS256', undefined, 'public'],
      ]);
    });
  });

  it.each<[path: string, value: unknown]>([
    ...[undefined, '', ' ', 5, null, 'x'.repeat(256), ['https://api.example']].map((value): [string, unknown] => ['issuer', value]),
    ...[undefined, '', ' ', 5, null, 'x'.repeat(256), []].map((value): [string, unknown] => ['audience', value]),
    ...['always', '', true, 'IGNORE'].map((value): [string, unknown] => ['accessTokenOnRefresh', value]),
    ...[0, -1, 1.5, NaN, Infinity, 1000, '3', null].map((value): [string, unknown] => ['maxSessionsPerSubject', value]),
    ...['JWT', 'paseto', '', 1].map((value): [string, unknown] => ['refreshToken.format', value]),
    ...['never', 'STRICT', true].map((value): [string, unknown] => ['revocation.check', value]),
    ...['refuse', 'REJECT', true].map((value): [string, unknown] => ['revocation.superseded', value]),
    ...[0, -1, '1', '0.5s', '61s', NaN].map((value): [string, unknown] => ['revocation.pollInterval', value]),
    ...['redis://127.0.0.1', {}, { publish() {} }].map((value): [string, unknown] => ['revocation.redis', value]),
    ...['', 7].map((value): [string, unknown] => ['revocation.redisChannel', value]),
    ...[0, -1, '24', 'soon', NaN].map((value): [string, unknown] => ['refreshToken.retryUntilConfirmed', value]),
    ...[-1, 1.5, '100', NaN].map((value): [string, unknown] => ['accessToken.cacheSize', value]),
    ...[0, '8d', '1', NaN].map((value): [string, unknown] => ['prune.every', value]),
    ...[-1, '7', NaN].map((value): [string, unknown] => ['prune.keepFor', value]),
    ...['yes', 1].map((value): [string, unknown] => ['prune.enabled', value]),
    ...[-1, '400', NaN].map((value): [string, unknown] => ['audit.eventsFor', value]),
    ...['true', 0, 'no'].map((value): [string, unknown] => ['response.authorizationHeader', value]),
    ...['yes', 1].map((value): [string, unknown] => ['audit.enabled', value]),
    ...[0, -1, 1.5, NaN, '100'].map((value): [string, unknown] => ['audit.queueLimit', value]),
    ...[0, -1, 1.5, NaN, Infinity, '3'].map((value): [string, unknown] => ['throttle.refreshes.limit', value]),
    ...[0, -1, NaN, '60'].map((value): [string, unknown] => ['throttle.invalidTokens.per', value]),
    ...[{}, 5, { now: 5 }, 'now', { now: () => NaN }, { now: () => new Date() }, { now: () => Infinity }, { now: () => NaN.toFixed(101) }].map(
      (value): [string, unknown] => ['clock', value],
    ),
    ...['beforeRefreshRoute', 'adoptLegacyToken', 'resolveSubject', 'beforeRotate', 'afterRotate', 'responseMembers'].map(
      (name): [string, unknown] => [`hooks.${name}`, 'function'],
    ),
    ['hooks.resolveSubject', null],
    ...[399, 600, 200, NaN, '401', 401.5].map((value): [string, unknown] => ['errors.refresh_token_missing.status', value]),
    ...[400, 401, 499, 600].map((value): [string, unknown] => ['errors.temporarily_unavailable.status', value]),
    ...['', ' ', 5, 'x'.repeat(256)].map((value): [string, unknown] => ['errors.refresh_token_missing.message', value]),
  ])('names %s for %p', (path, value) => {
    expect(pathsIn(problemsWith(at(path, value)))).toEqual([path]);
  });

  it.each([' web', 'web ', 'we\nb', 'web\u0000'])('names audience for %j, for which no session could be issued', (audience) => {
    expect(pathsIn(problemsWith({ audience }))).toEqual(['audience']);
  });

  it.each<[path: string, audience: unknown[]]>([
    ['audience[1]', ['web', '']],
    ['audience[0]', [undefined]],
    ['audience[2]', ['web', 'mobile', 5]],
  ])('names %s for the list %j', (path, audience) => {
    expect(pathsIn(problemsWith({ audience }))).toEqual([path]);
  });

  describe('about the cookie', () => {
    it.each<[Given, string[]]>([
      [{ name: 'refresh_token' }, ['cookie.name']],
      [{ name: '__Host-' + 'x'.repeat(60) }, ['cookie.name']],
      [{ name: '__Host-a b' }, ['cookie.name']],
      [{ name: '__Host-a;b' }, ['cookie.name']],
      [{ name: 7 }, ['cookie.name']],
      [{ sameSite: 'none' }, ['cookie.sameSite']],
      [{ sameSite: 'Strict' }, ['cookie.sameSite']],
      [{ sameSite: true }, ['cookie.sameSite']],
      [{ secure: false }, ['cookie.name', 'cookie.secure']],
      [{ secure: 'yes' }, ['cookie.secure', 'cookie.name', 'cookie.secure']],
      [{ path: '/auth' }, ['cookie.name']],
      [{ path: 'auth', name: '__Secure-x' }, ['cookie.path']],
      [{ path: '/a;b', name: '__Secure-x' }, ['cookie.path']],
      [{ domain: 'example.com' }, ['cookie.name']],
      [{ domain: 'https://example.com', name: '__Secure-x' }, ['cookie.domain']],
      [{ domain: '', name: '__Secure-x' }, ['cookie.domain']],
      [{ partitioned: 1 }, ['cookie.partitioned']],
      [{ header: '' }, ['cookie.header']],
      [{ header: 'X Y' }, ['cookie.header']],
      ...['Accept', 'accept-language', 'Content-Type', 'User-Agent', 'Origin', 'Sec-Fetch-Site', 'Cookie', 'Upgrade-Insecure-Requests', 'Pragma'].map(
        (header): [Given, string[]] => [{ header }, ['cookie.header']],
      ),
      [{ origins: 'https://app.example.com' }, ['cookie.origins']],
      [{ origins: ['*'] }, ['cookie.origins[0]']],
      [{ origins: ['https://a.example', 'null'] }, ['cookie.origins[1]']],
      [{ origins: ['https://a.example/', 'a.example', 'https://A.example', 'ftp://a.example'] }, [0, 1, 2, 3].map((at) => `cookie.origins[${at}]`)],
      [{ allowInsecure: 'yes' }, ['cookie.allowInsecure']],
      [{ httpOnly: false }, ['cookie.httpOnly']],
      [{ allowInsecure: true, secure: false }, ['cookie.name']],
      [{ allowInsecure: true, secure: false, name: 'rt', sameSite: 'none', partitioned: true }, ['cookie.sameSite', 'cookie.partitioned']],
      [{ allowInsecure: true, name: '__Host-x', path: '/auth' }, ['cookie.name']],
    ])('names what is wrong in %j', (cookie, paths) => {
      expect(pathsIn(problemsWith({ cookie }))).toEqual(paths);
    });

    it.each<Given>([
      { name: '__Secure-rt', path: '/auth', domain: 'example.com' },
      { sameSite: 'lax', partitioned: true, header: 'X-App', origins: ['https://app.example.com', 'http://localhost:4200'] },
      { allowInsecure: true, secure: false, name: 'refresh_token', sameSite: 'lax' },
      { allowInsecure: true, sameSite: 'none', partitioned: true },
      {},
    ])('is not made for %j', (cookie) => {
      expect(problemsWith({ cookie })).toEqual([]);
    });

    it('says what to do', () => {
      expect(problemsWith({ cookie: { secure: false, name: 'rt' } })).toEqual([
        'cookie.name has neither the prefix __Host- nor __Secure-; set cookie.allowInsecure for development',
        'cookie.secure must be true; set cookie.allowInsecure for development',
      ]);
      expect(problemsWith({ transport: 'cookies' })).toEqual(["transport must be one of 'body', 'cookie', 'both'"]);
    });
  });

  describe('about a member name', () => {
    const NO_NAME = ['', ' ', 'a b', '.a', 'a.', 'a..b', '1a', 'a[0]', '__proto__', 'a.__proto__.b', 'constructor', 'a.prototype', 5, ['a']];
    const PATHS = ['request.refreshTokenParam', 'response.accessTokenProp', 'response.refreshTokenProp'];

    it.each(PATHS.flatMap((path) => NO_NAME.map((value): [string, unknown] => [path, value])))('names %s for %j', (path, value) => {
      expect(pathsIn(problemsWith(at(path, value)))).toEqual([path]);
    });

    it.each([
      ['token', 'token'],
      ['token', 'token.refresh'],
      ['token.access', 'token'],
      ['a.b', 'a.b.c'],
      ['refresh_token', undefined],
    ])(
      'names response.accessTokenProp when the access token at %s and the refresh token at %s would collide',
      (accessTokenProp, refreshTokenProp) => {
        expect(pathsIn(problemsWith({ response: { accessTokenProp, refreshTokenProp } }))).toEqual(['response.accessTokenProp']);
      },
    );

    const TAKEN = ['token_type', 'expires_in', 'refresh_expires_in', 'expires_in.token'];
    it.each(PATHS.slice(1).flatMap((path) => TAKEN.map((name): [string, string] => [path, name])))(
      'names %s for %s, where the token would be overwritten by another member of the answer',
      (path, name) => {
        expect(pathsIn(problemsWith(at(path, name)))).toEqual([path]);
      },
    );

    it('is not made for names side by side', () => {
      expect(problemsWith({ response: { accessTokenProp: 'token.access', refreshTokenProp: 'token.refresh' } })).toEqual([]);
      expect(problemsWith({ response: { accessTokenProp: 'token', refreshTokenProp: 'token2' } })).toEqual([]);
      expect(problemsWith({ request: { refreshTokenParam: 'data.refresh-token_2' } })).toEqual([]);
    });
  });

  it.each([
    ['secrets', { secrets: SECRET }],
    ['accessToken.ttl', { accessToken: { ttl: 60 } }],
    ['refreshToken.grace', { refreshToken: { grace: 30 } }],
    ['request.param', { request: { param: 'token' } }],
    ['response.tokenProp', { response: { tokenProp: 'token' } }],
    ['revocation.mode', { revocation: { mode: 'strict' } }],
    ['hooks.beforeRefresh', { hooks: { beforeRefresh: () => undefined } }],
    ['errors.token_missing', { errors: { token_missing: {} } }],
    ['errors.refresh_token_missing.code', { errors: { refresh_token_missing: { code: 'x' } } }],
    ['throttle.logins', { throttle: { logins: {} } }],
    ['throttle.refreshes.ttl', { throttle: { refreshes: { ttl: 60_000 } } }],
    ['audit.enable', { audit: { enable: true } }],
    ['__proto__', JSON.parse('{ "__proto__": { "issuer": "x" } }') as Given],
  ])('names the unknown option %s and lists the known ones', (path, changes) => {
    const problems = problemsWith(changes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(`${path} is not an option; known here: `);
  });

  it('says where the table is named, for those who look for it here', () => {
    expect(problemsWith({ table: { name: 'sessions' } })).toEqual([
      'table is not told here: give it to jwtRefreshEntities() and jwtRefreshMigrations()',
    ]);
  });

  it('takes revocation.superseded "reject" with strict checks only', () => {
    const problems = problemsWith({ revocation: { check: 'stateless', superseded: 'reject' } });
    expect(problems).toEqual(["revocation.superseded 'reject' needs revocation.check 'strict': only the row knows the newest generation"]);
    expect(resolveOptions({ ...GOOD, revocation: { superseded: 'reject' } }).revocation.check).toBe('strict');
    expect(problemsWith({ revocation: { check: 'bounded', superseded: 'reject' } })).toEqual(problems);
    expect(problemsWith({ revocation: { check: 'stateless', superseded: 'accept' } })).toEqual([]);
  });

  const SECTIONS = [
    'accessToken',
    'refreshToken',
    'request',
    'response',
    'revocation',
    'hooks',
    'errors',
    'throttle',
    'audit',
    'errors.refresh_token_missing',
  ];
  it.each(SECTIONS.flatMap((path) => [null, 'text', 5, true, []].map((value): [string, unknown] => [path, value])))(
    'names %s for %j',
    (path, value) => {
      expect(problemsWith(at(path, value))).toEqual([`${path} must be an object`]);
    },
  );

  it.each([undefined, null, 'text', []])('names everything that is needed when the options are %j', (options) => {
    expect(() => resolveOptions(options as never)).toThrow(JwtRefreshOptionsError);
    expect(() => resolveOptions(options as never)).toThrow(/options must be an object\n.*- secret .*\n.*- issuer .*\n.*- audience /);
  });

  it('names all problems at once', () => {
    const wrong = {
      secret: undefined,
      issuer: '',
      audience: [],
      accessToken: { lifetime: '900', keys: [{ id: 'x', algorithm: 'RS256', privateKey: GARBAGE }], ttl: 5 },
      refreshToken: { lifetime: NaN, graceSeconds: -1 },
      response: { accessTokenProp: '' },
      revocation: { check: 'never' },
      maxSessionsPerSubject: 0,
      hooks: { resolveSubject: 5 },
      errors: { refresh_token_missing: { status: 200 } },
      audit: { queueLimit: 0 },
      colour: 'red',
    };
    const expected = [
      'accessToken.keys[0].privateKey', 'accessToken.lifetime', 'accessToken.ttl', 'audience', 'audit.queueLimit', 'colour', 'errors.refresh_token_missing.status',
      'hooks.resolveSubject', 'issuer', 'maxSessionsPerSubject', 'refreshToken.graceSeconds', 'refreshToken.lifetime', 'response.accessTokenProp',
      'revocation.check', 'secret',
    ]; // prettier-ignore
    expect(pathsIn(problemsWith(wrong)).sort()).toEqual(expected);
    expect(() => resolveOptions(wrong as never)).toThrow("JwtRefreshModule can't start, 15 problem(s):\n  - ");
  });

  it('is not made for any status from 400 to 599 and any error code, but one of a database that is away stays a 5xx', () => {
    const errors = Object.fromEntries(
      Object.keys(ERROR_TABLE).map((code, index) => [code, { status: 400 + ((index * 12) % 200), message: 'Nein.' }]),
    );
    const ends = { session_not_found: { status: 599 }, temporarily_unavailable: { status: 500 } };
    expect(problemsWith({ errors: { ...errors, ...ends } })).toEqual([]);
  });
});

const IN_MEMORY: TypeOrmModuleOptions = { type: 'better-sqlite3', database: ':memory:', entities: [...JWT_REFRESH_ENTITIES], retryAttempts: 0 };

/** Boots a real app and closes it. */
async function boot(module: DynamicModule, imports: DynamicModule[] = [TypeOrmModule.forRoot(IN_MEMORY)]): Promise<void> {
  const root = { module: class AppModule {}, imports: [...imports, module] };
  const app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
  await app.close();
}

/** A data source that no TypeOrmModule has made. */
function withDataSource(dataSource: DataSource): DynamicModule {
  const provider: Provider = { provide: getDataSourceToken(), useValue: dataSource };
  return { module: class DataSourceModule {}, global: true, providers: [provider], exports: [provider] };
}

describe('booting an app', () => {
  it('succeeds with good options from each source', async () => {
    @Module({})
    class Options {
      create(): JwtRefreshOptions {
        return GOOD;
      }
    }
    const provided: DynamicModule = { module: class OptionsModule {}, providers: [Options], exports: [Options] };
    await boot(JwtRefreshModule.forRoot(GOOD));
    await boot(JwtRefreshModule.forRootAsync({ useFactory: () => GOOD }));
    await boot(JwtRefreshModule.forRootAsync({ useFactory: async () => GOOD }));
    await boot(JwtRefreshModule.forRootAsync({ useClass: Options }));
    await boot(JwtRefreshModule.forRootAsync({ imports: [provided], useExisting: Options }));
  });

  it('fails when forRoot() is given wrong options, naming them all', async () => {
    const booting = boot(JwtRefreshModule.forRoot({ ...GOOD, secret: 'short', issuer: '' }));
    await expect(booting).rejects.toThrow(JwtRefreshOptionsError);
    await expect(booting).rejects.toThrow(/2 problem\(s\):\n {2}- secret .*\n {2}- issuer /);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['options', 'secret', 'issuer', 'audience']],
    ['an empty object', {}, ['secret', 'issuer', 'audience']],
    ['an undefined secret', { ...GOOD, secret: undefined }, ['secret']],
    ['an extra, which is known too late here', { ...GOOD, path: 'login' }, ['path']],
  ])('fails when the factory returns %s', async (_, options, paths) => {
    const error = await boot(JwtRefreshModule.forRootAsync({ useFactory: () => options as JwtRefreshOptions })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(JwtRefreshOptionsError);
    expect(pathsIn((error as JwtRefreshOptionsError).problems)).toEqual(paths);
  });

  it('fails with the error of a factory that throws or rejects', async () => {
    const sealed = new Error('The vault is sealed.');
    const throws = (): JwtRefreshOptions => {
      throw sealed;
    };
    await expect(boot(JwtRefreshModule.forRootAsync({ useFactory: throws }))).rejects.toBe(sealed);
    await expect(boot(JwtRefreshModule.forRootAsync({ useFactory: () => Promise.reject(sealed) }))).rejects.toBe(sealed);
  });

  it.each<[string, Given]>([
    ['paths', { paths: 'login' }],
    ['globalGaurd', { globalGaurd: true }],
    ['controllers.refesh', { controllers: { refesh: false } }],
    ['routes.refesh', { routes: { refesh: 'token' } }],
    ['globalGuard', { globalGuard: 'yes' }],
    ['isGlobal', { isGlobal: 1 }],
    ['passportStrategy', { passportStrategy: 'session' }],
  ])('fails when %s is misspelt or of the wrong kind', async (path, extras) => {
    for (const module of [JwtRefreshModule.forRoot({ ...GOOD, ...extras }), JwtRefreshModule.forRootAsync({ useFactory: () => GOOD, ...extras })]) {
      const error = await boot(module).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(JwtRefreshOptionsError);
      expect(pathsIn((error as JwtRefreshOptionsError).problems)).toEqual([path]);
    }
  });

  it('fails when rate limits are asked for and there is no ThrottlerModule to count them', async () => {
    const imports = [TypeOrmModule.forRoot(IN_MEMORY), ThrottlerModule.forRoot()];
    await boot(JwtRefreshModule.forRoot({ ...GOOD, throttle: {} }), imports);
    await boot(JwtRefreshModule.forRoot({ ...GOOD, throttle: false }));
    const booting = boot(JwtRefreshModule.forRoot({ ...GOOD, throttle: {} }));
    await expect(booting).rejects.toThrow(JwtRefreshOptionsError);
    await expect(booting).rejects.toThrow('throttle needs ThrottlerModule of @nestjs/throttler: import ThrottlerModule.forRoot()');
  });

  it('fails when there is no data source, or none of that name', async () => {
    await expect(boot(JwtRefreshModule.forRoot(GOOD), [])).rejects.toThrow(
      "dataSource: there is no TypeORM data source 'default'; import TypeOrmModule.forRoot() before JwtRefreshModule",
    );
    await expect(boot(JwtRefreshModule.forRoot({ ...GOOD, dataSource: 'sessions' }))).rejects.toThrow("there is no TypeORM data source 'sessions'");
  });

  it.each([[[]], [[JWT_REFRESH_ENTITIES[0]!]], [[JWT_REFRESH_ENTITIES[1]!]]])('fails when the data source lacks an entity (%#)', async (entities) => {
    const booting = boot(JwtRefreshModule.forRoot(GOOD), [TypeOrmModule.forRoot({ ...IN_MEMORY, entities })]);
    await expect(booting).rejects.toThrow(JwtRefreshOptionsError);
    await expect(booting).rejects.toThrow(
      'dataSource: the entities are missing; add ...JWT_REFRESH_ENTITIES to the `entities` of TypeOrmModule.forRoot()',
    );
  });

  it('fails on a database that the module does not speak', async () => {
    const capacitor = new DataSource({ type: 'capacitor', driver: {}, database: 'x', entities: [...JWT_REFRESH_ENTITIES] } as DataSourceOptions);
    const booting = boot(JwtRefreshModule.forRoot(GOOD), [withDataSource(capacitor)]);
    await expect(booting).rejects.toThrow(JwtRefreshOptionsError);
    await expect(booting).rejects.toThrow("dataSource: type 'capacitor' is not one of mysql, mariadb, postgres, better-sqlite3");
  });
});
