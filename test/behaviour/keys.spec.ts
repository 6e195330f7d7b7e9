import fc from 'fast-check';
import { constants, createHmac, generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult, randomBytes, sign } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { AccessTokenKey, SigningAlgorithm } from 'nestjs-jwt-refresh';
import { FakeClock } from 'nestjs-jwt-refresh/testing';
import { type Answer, bearer } from '../support/http';
import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';

type Members = Record<string, unknown>;
type Signer = (input: string) => Buffer;

const JWKS = '/.well-known/jwks.json';
const BASE64URL = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'];

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const RSA_PSS = generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256' });
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const OTHER_P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ED25519 = generateKeyPairSync('ed25519');
const pairs: Partial<Record<SigningAlgorithm, KeyPairKeyObjectResult>> = {
  RS256: RSA,
  RS384: RSA,
  RS512: RSA,
  PS256: RSA,
  PS384: RSA,
  PS512: RSA,
  ES256: P256,
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: ED25519,
};
const ASYMMETRIC = Object.entries(pairs).map(([algorithm, pair]) => ({ algorithm: algorithm as SigningAlgorithm, pair }));
const KEYS: AccessTokenKey[] = [
  ...(['HS256', 'HS384', 'HS512'] as const).map((algorithm) => ({ id: 'key-1', algorithm, secret: randomBytes(48).toString('base64') })),
  ...ASYMMETRIC.map(({ algorithm, pair }) => ({ id: 'key-1', algorithm, privateKey: pair.privateKey })),
];

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (token: string, part: 0 | 1) => JSON.parse(Buffer.from(token.split('.')[part]!, 'base64url').toString()) as Members;
const kidsIn = ({ body }: Answer) => (body.keys as Members[]).map(({ kid }) => kid);
const outcome = ({ status, body }: Answer) => (status === 401 ? `401 ${body.code}` : String(status));

function jws(header: Members, payload: Members, signer: Signer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

const hmac =
  (hash: string, key: string | Buffer): Signer =>
  (input) =>
    createHmac(hash, key).update(input).digest();

/** Any signature that the key can make, for whatever algorithm is claimed. */
function signersOf({ privateKey }: { privateKey: KeyObject }): Signer[] {
  if (privateKey.asymmetricKeyType === 'ed25519') return [(input) => sign(null, Buffer.from(input), privateKey)];
  const isRsa = privateKey.asymmetricKeyType === 'rsa';
  const ways = isRsa
    ? [{ padding: constants.RSA_PKCS1_PADDING }, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }]
    : [{ dsaEncoding: 'ieee-p1363' as const }];
  const hashes = ['sha256', 'sha384', 'sha512'];
  return hashes.flatMap((hash) => ways.map((way) => (input: string) => sign(hash, Buffer.from(input), { key: privateKey, ...way })));
}

describeOnEveryAdapter('an access token', (stack) => {
  describe.each(KEYS)('of a key for $algorithm', (key) => {
    let app: RunningApp;
    let token: string;
    let refreshToken: string;

    beforeAll(async () => {
      app = await stack.start({ accessToken: { keys: [key] } });
      ({ accessToken: token, refreshToken } = await app.login(newSubject()));
    });

    const me = async (accessToken: string) => outcome(await app.http.get('/stateless', bearer(accessToken)));

    it('names it, opens guarded routes, also those of passport, and is renewed by a refresh', async () => {
      expect(decode(token, 0)).toEqual({ alg: key.algorithm, typ: 'at+jwt', kid: 'key-1' });
      expect(outcome(await app.http.get('/me', bearer(token)))).toBe('200');
      expect((await app.http.get('/passport/me', bearer(token))).body).toEqual(decode(token, 1));
      const { body } = await app.http.refresh(refreshToken);
      expect(outcome(await app.http.get('/me', bearer(body.access_token)))).toBe('200');
    });

    it('is refused with any one character changed', async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...BASE64URL), async (at, character) => {
          fc.pre(token[at] !== character);
          expect(await me(token.slice(0, at) + character + token.slice(at + 1))).toBe('401 access_token_invalid');
        }),
        { numRuns: 60 },
      );
    });

    it('is refused with the spare bits of its signature set', async () => {
      for (const last of BASE64URL.filter((each) => each !== token.at(-1))) {
        expect(await me(token.slice(0, -1) + last)).toBe('401 access_token_invalid');
      }
    });
  });

  describe.each(ASYMMETRIC)('of a key pair for $algorithm', ({ algorithm, pair }) => {
    let app: RunningApp;
    let header: Members;
    let claims: Members;

    beforeAll(async () => {
      app = await stack.start({ accessToken: { keys: [{ id: 'key-1', algorithm, privateKey: pair.privateKey }] } });
      const { accessToken } = await app.login(newSubject());
      [header, claims] = [decode(accessToken, 0), decode(accessToken, 1)];
    });

    const expectRefused = async (token: string) => {
      expect(outcome(await app.http.get('/stateless', bearer(token)))).toBe('401 access_token_invalid');
      expect((await app.http.get('/passport/me', bearer(token))).status).toBe(401);
    };

    it('is refused when it is an HMAC keyed with the public key', async () => {
      const pem = String(pair.publicKey.export({ format: 'pem', type: 'spki' }));
      const jwk = pair.publicKey.export({ format: 'jwk' });
      const served = (await app.http.get(JWKS)).body.keys[0] as Members;
      const spellings = [pem, pem.trimEnd(), JSON.stringify(jwk), JSON.stringify(served), pair.publicKey.export({ format: 'der', type: 'spki' })];
      for (const key of spellings) {
        await expectRefused(jws({ ...header, alg: 'HS256' }, claims, hmac('sha256', key)));
        await expectRefused(jws({ ...header, alg: 'HS512' }, claims, hmac('sha512', key)));
        await expectRefused(jws(header, claims, hmac('sha256', key)));
      }
    });

    it('is refused when the key itself signed it under any other algorithm, or under none', async () => {
      const others = KEYS.map((key) => key.algorithm).filter((each) => each !== algorithm);
      for (const signer of signersOf(pair)) {
        for (const alg of [...others, 'none', 'Ed25519', algorithm.toLowerCase()]) await expectRefused(jws({ ...header, alg }, claims, signer));
      }
      await expectRefused(jws({ ...header, alg: 'none' }, claims, () => Buffer.alloc(0)));
    });

    it('is verified by another service with what it finds at /.well-known/jwks.json', async () => {
      const { accessToken } = await app.login(newSubject());
      const keys = createRemoteJWKSet(new URL(app.http.url + JWKS));
      const options = {
        issuer: 'https://test.example',
        audience: 'test',
        typ: 'at+jwt',
        algorithms: [algorithm],
        currentDate: new Date(app.clock.now()),
      };
      expect((await jwtVerify(accessToken, keys, options)).payload).toEqual(decode(accessToken, 1));
      expect((await app.http.get(JWKS)).body.keys).toEqual([
        { ...pair.publicKey.export({ format: 'jwk' }), alg: algorithm, use: 'sig', kid: 'key-1' },
      ]);
    });
  });
});

describeOnEveryAdapter('the key ring', (stack) => {
  const clock = new FakeClock();
  const start = (...keys: AccessTokenKey[]) => stack.start({ clock, accessToken: { keys } });
  const OLD: AccessTokenKey = { id: 'old', algorithm: 'EdDSA', privateKey: ED25519.privateKey };
  const OLD_PUBLIC: AccessTokenKey = { id: 'old', algorithm: 'EdDSA', publicKey: ED25519.publicKey };
  const NEW: AccessTokenKey = { id: 'new', algorithm: 'ES256', privateKey: P256.privateKey };

  it('keeps RS256 and PS256 apart where one RSA key serves both', async () => {
    const both = (['RS256', 'PS256'] as const).map((algorithm) => ({ id: algorithm, algorithm, privateKey: RSA.privateKey }));
    const app = await start(...both);
    const claims = decode((await app.login(newSubject())).accessToken, 1);
    const [rs, ps] = signersOf(RSA) as [Signer, Signer];
    const answer = async (kid: string, alg: string, signer: Signer) =>
      outcome(await app.http.get('/stateless', bearer(jws({ alg, typ: 'at+jwt', kid }, claims, signer))));
    expect([await answer('RS256', 'RS256', rs), await answer('PS256', 'PS256', ps)]).toEqual(['200', '200']);
    for (const [kid, alg] of [['RS256', 'PS256'], ['PS256', 'RS256']] as const) {
      for (const signer of [rs, ps]) expect(await answer(kid, alg, signer)).toBe('401 access_token_invalid');
    }
    expect(await answer('RS256', 'RS256', ps)).toBe('401 access_token_invalid');
  }); // prettier-ignore

  it('takes and lists both keys while one replaces the other', async () => {
    const secret = randomBytes(48).toString('base64');
    const [before, during] = [
      await stack.start({ clock, secret, accessToken: { keys: [OLD] } }),
      await stack.start({ clock, secret, accessToken: { keys: [NEW, OLD_PUBLIC] } }),
    ];
    const { accessToken, refreshToken } = await before.login(newSubject());
    expect(outcome(await during.http.get('/me', bearer(accessToken)))).toBe('200');
    const { body } = await during.http.refresh(refreshToken);
    expect(decode(body.access_token, 0)).toMatchObject({ kid: 'new', alg: 'ES256' });
    for (const token of [accessToken, body.access_token]) expect(outcome(await during.http.get('/me', bearer(token)))).toBe('200');
    expect(kidsIn(await during.http.get(JWKS))).toEqual(['new', 'old']);
  });

  it('refuses every access token of a key that was removed, and the session goes on with the next', async () => {
    const secret = randomBytes(48).toString('base64');
    const [before, after] = [
      await stack.start({ clock, secret, accessToken: { keys: [OLD] } }),
      await stack.start({ clock, secret, accessToken: { keys: [NEW] } }),
    ];
    const { accessToken, refreshToken } = await before.login(newSubject());
    expect(outcome(await after.http.get('/me', bearer(accessToken)))).toBe('401 access_token_invalid');
    const { status, body } = await after.http.refresh(refreshToken);
    expect([status, decode(body.access_token, 0).kid]).toEqual([200, 'new']);
    expect(kidsIn(await after.http.get(JWKS))).toEqual(['new']);
  });

  it('meets a flood of unknown kids without a statement, and remembers none of them', async () => {
    const app = await start(NEW, OLD_PUBLIC);
    const subject = newSubject();
    const { accessToken } = await app.login(subject);
    await app.audit(subject);
    const claims = decode(accessToken, 1);
    const before = (await app.http.get(JWKS)).body;
    const codes = new Set<string>();
    const statements = await app.statements.during(async () => {
      for (let round = 0; round < 10; round++) {
        const flood = Array.from({ length: 100 }, (_, index) =>
          jws({ alg: 'ES256', typ: 'at+jwt', kid: `k${round}-${index}` }, claims, signersOf(OTHER_P256)[0]!),
        );
        for (const answer of await Promise.all(flood.map((token) => app.http.get('/me', bearer(token))))) codes.add(outcome(answer));
      }
    });
    expect([[...codes], statements]).toEqual([['401 access_token_invalid'], []]);
    expect((await app.http.get(JWKS)).body).toEqual(before);
    expect(outcome(await app.http.get('/me', bearer(accessToken)))).toBe('200');
  });
});

describeOnEveryAdapter('/.well-known/jwks.json', (stack) => {
  it('lists public members alone, whatever keys there are, to everybody and without a statement', async () => {
    const keys = [
      { id: 'hs', algorithm: 'HS256' as const, secret: randomBytes(48).toString('base64') },
      ...ASYMMETRIC.map(({ algorithm, pair }) => ({ id: algorithm, algorithm, privateKey: pair.privateKey })),
    ];
    const app = await stack.start({ accessToken: { keys }, globalGuard: true });
    let answer!: Answer;
    expect(await app.statements.during(async () => (answer = await app.http.get(JWKS)))).toEqual([]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(kidsIn(answer)).toEqual(ASYMMETRIC.map(({ algorithm }) => algorithm));
    const members = new Set((answer.body.keys as Members[]).flatMap((key) => Object.keys(key)));
    expect([...members].sort()).toEqual(['alg', 'crv', 'e', 'kid', 'kty', 'n', 'use', 'x', 'y']);
  });

  it('is an empty list where secrets sign', async () => {
    expect((await (await stack.start()).http.get(JWKS)).body).toEqual({ keys: [] });
  });

  it('lists a key of type RSA-PSS as others can read it', async () => {
    const app = await stack.start({ accessToken: { keys: [{ id: 'pss', algorithm: 'PS256', privateKey: RSA_PSS.privateKey }] } });
    const { accessToken } = await app.login(newSubject());
    expect(outcome(await app.http.get('/me', bearer(accessToken)))).toBe('200');
    const keys = createRemoteJWKSet(new URL(app.http.url + JWKS));
    const { payload } = await jwtVerify(accessToken, keys, { algorithms: ['PS256'], currentDate: new Date(app.clock.now()) });
    expect(payload).toEqual(decode(accessToken, 1));
  });

  it('is below a global prefix, and can be left out', async () => {
    const prefixed = await stack.start({}, { configure: (app) => app.setGlobalPrefix('api') });
    expect((await prefixed.http.get(`/api${JWKS}`)).body).toEqual({ keys: [] });
    const without = await stack.start({ controllers: { jwks: false } });
    expect((await without.http.get(JWKS)).status).toBe(404);
  });
});
