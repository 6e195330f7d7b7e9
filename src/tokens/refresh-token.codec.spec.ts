import fc from 'fast-check';
import { CompactEncrypt } from 'jose';
import { createHmac, type KeyObject } from 'node:crypto';
import type { RefreshTokenFormat } from '../jwt-refresh.options';
import { RefreshTokenCodec, type RefreshTokenContent } from './refresh-token.codec';
import { hmac, ServerSecrets } from './server-secrets';

const VALUE = 'an example secret of more than 32 bytes';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const TYPES: Record<RefreshTokenFormat, string> = { opaque: '', jwt: 'rt+jwt', jwe: 'rt+jwe' };

const secrets = new ServerSecrets([{ id: 'default', value: VALUE }]);

const secretIds = fc.stringMatching(/^[A-Za-z0-9._-]{1,32}$/);
const seconds = fc.integer({ min: 0, max: 2 ** 40 });
const contents: fc.Arbitrary<RefreshTokenContent> = fc.record({
  familyId: fc.uuid(),
  generation: fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1)),
  secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
  issuedAt: seconds,
  expiresAt: seconds,
});

const base64url = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));
const segment = fc.oneof(base64url, json, fc.string({ unit: 'binary' }));

describe.each(['opaque', 'jwt', 'jwe'] as const)('refresh token codec, %s', (format) => {
  const codec = new RefreshTokenCodec(secrets, format);
  const fixed: RefreshTokenContent = {
    familyId: '0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0f',
    generation: 3,
    secret: Buffer.alloc(32, 1),
    issuedAt: 1_763_600_000,
    expiresAt: 1_764_800_000,
  };

  it('reads back what it wrote, for any generation and any secret id', async () => {
    await fc.assert(
      fc.asyncProperty(contents, secretIds, async (content, id) => {
        const own = new ServerSecrets([{ id, value: VALUE }]);
        const token = await new RefreshTokenCodec(own, format).encode(content, own.current);
        expect(token).toMatch(/^[A-Za-z0-9._-]+$/);
        const { familyId, generation, secret } = content;
        expect(await new RefreshTokenCodec(own, format).decode(token)).toEqual({ familyId, generation, secret });
      }),
    );
  });

  it('writes equal content with equal text and different content with different text', async () => {
    await fc.assert(
      fc.asyncProperty(contents, contents, async (one, other) => {
        fc.pre(!one.secret.equals(other.secret) || one.familyId !== other.familyId || one.generation !== other.generation);
        const token = await codec.encode(one, secrets.current);
        expect(await codec.encode({ ...one }, secrets.current)).toBe(token);
        expect(await codec.encode(other, secrets.current)).not.toBe(token);
      }),
    );
  });

  it('reads nothing that another server secret of the same id has made', async () => {
    const strangers = new ServerSecrets([{ id: 'default', value: 'another example secret of more than 32 bytes' }]);
    await fc.assert(
      fc.asyncProperty(contents, async (content) => {
        expect(await codec.decode(await codec.encode(content, strangers.current))).toBeNull();
      }),
    );
  });

  it('reads nothing that was made under another secret id, whatever the id', async () => {
    await fc.assert(
      fc.asyncProperty(secretIds, async (id) => {
        fc.pre(id !== 'default');
        const strangers = new ServerSecrets([{ id, value: VALUE }]);
        expect(await codec.decode(await codec.encode(fixed, strangers.current))).toBeNull();
      }),
    );
  });

  it('answers null for any text, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 3000 }), async (text) => {
        expect(await codec.decode(text)).toBeNull();
      }),
    );
  });

  it('answers null for any text in the shape of a token', async () => {
    const header = json.chain((any) => fc.constantFrom(any, headerOf(TYPES[format])));
    const shapes = {
      opaque: fc.oneof(base64url, segment).map((rest) => `jrt_${rest}`),
      jwt: fc.tuple(header, segment, segment).map((segments) => segments.join('.')),
      jwe: fc.tuple(header, fc.oneof(fc.constant(''), segment), segment, segment, segment).map((segments) => segments.join('.')),
    };
    await fc.assert(
      fc.asyncProperty(shapes[format], async (text) => {
        expect(await codec.decode(text)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a token in which any one character is any other', async () => {
    const token = await codec.encode(fixed, secrets.current);
    const accepted: string[] = [];
    for (let at = 0; at < token.length; at++) {
      for (const other of `${ALPHABET}.=+/ \0é`) {
        const variant = token.slice(0, at) + other + token.slice(at + 1);
        if (variant !== token && (await codec.decode(variant))) accepted.push(variant);
      }
    }
    expect(accepted).toEqual([]);
  }, 120_000);

  it('refuses a token that is cut short at either end, or that has a character too many anywhere', async () => {
    const token = await codec.encode(fixed, secrets.current);
    const variants = Array.from(token, (_, at) => [
      token.slice(0, at),
      token.slice(at + 1),
      ...Array.from('A.=+ \n\0', (extra) => token.slice(0, at) + extra + token.slice(at)),
    ]).flat();
    for (const variant of variants) expect(await codec.decode(variant)).toBeNull();
  });

  it('accepts the one canonical spelling only', async () => {
    await fc.assert(
      fc.asyncProperty(contents, secretIds, async (content, id) => {
        const own = new ServerSecrets([{ id, value: VALUE }]);
        const ownCodec = new RefreshTokenCodec(own, format);
        const token = await ownCodec.encode(content, own.current);
        for (const variant of otherSpellings(token)) expect(await ownCodec.decode(variant)).toBeNull();
      }),
    );
  });
});

// What nobody but the server itself could have made, and the server never makes.
describe('a genuine seal', () => {
  const keys = secrets.current;
  const codec = new RefreshTokenCodec(secrets, 'opaque');
  const secret = Buffer.alloc(32, 1);
  const claims = { sid: '0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0f', gen: 3, sec: secret.toString('base64url'), iat: 1_763_600_000, exp: 1_764_800_000 };
  const decoded = { familyId: claims.sid, generation: 3, secret };

  const jwtHeader = { alg: 'HS256', typ: 'rt+jwt', kid: 'default' };
  const jwt = (payload: unknown, header: object = {}, hash = 'sha256', key: KeyObject = keys.signature) => {
    const input = [{ ...jwtHeader, ...header }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
  };
  const jwe = (payload: unknown, typ = 'rt+jwe', key: KeyObject = keys.encryption) =>
    new CompactEncrypt(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ, kid: 'default' }).encrypt(key);

  it('is taken over the right content', async () => {
    expect(await codec.decode(jwt(claims))).toEqual(decoded);
    expect(await codec.decode(await jwe(claims))).toEqual(decoded);
  });

  it('is refused over an opaque body of another version', async () => {
    const token = await codec.encode({ ...decoded, issuedAt: 0, expiresAt: 0 }, keys);
    const body = Buffer.from(token.slice('jrt_'.length), 'base64url').subarray(0, -32);
    const sealed = () => `jrt_${Buffer.concat([body, hmac(keys.mac, body)]).toString('base64url')}`;
    expect(await codec.decode(sealed())).toEqual(decoded);
    body.writeUInt8(2, 0);
    expect(await codec.decode(sealed())).toBeNull();
  });

  it.each(['at+jwt', 'JWT', 'rt', 'RT+JWT', 'RT+JWE', '', null, ['rt+jwt'], ['rt+jwe']])('is refused under the type %j', async (typ) => {
    expect(await codec.decode(jwt(claims, { typ }))).toBeNull();
    expect(await codec.decode(await jwe(claims, typ as string))).toBeNull();
  });

  it('is refused under the type of the other format', async () => {
    expect(await codec.decode(jwt(claims, { typ: 'rt+jwe' }))).toBeNull();
    expect(await codec.decode(await jwe(claims, 'rt+jwt'))).toBeNull();
  });

  it('is refused under another algorithm, and with a key of another purpose', async () => {
    expect(await codec.decode(jwt(claims, { alg: 'HS512' }, 'sha512'))).toBeNull();
    for (const key of [keys.mac, keys.ratchet, keys.nonce, keys.encryption]) expect(await codec.decode(jwt(claims, {}, 'sha256', key))).toBeNull();
    for (const key of [keys.mac, keys.ratchet, keys.nonce, keys.signature]) expect(await codec.decode(await jwe(claims, 'rt+jwe', key))).toBeNull();
  });

  it.each<[string, unknown]>([
    ['a negative generation', { ...claims, gen: -1 }],
    ['a generation beyond 32 bits', { ...claims, gen: 2 ** 32 }],
    ['half a generation', { ...claims, gen: 0.5 }],
    ['a generation in words', { ...claims, gen: '3' }],
    ['no generation', { ...claims, gen: undefined }],
    ['a family that is no UUID', { ...claims, sid: 'everybody' }],
    ['no family', { ...claims, sid: undefined }],
    ['a secret that is too short', { ...claims, sec: secret.subarray(1).toString('base64url') }],
    ['a secret that is too long', { ...claims, sec: `${claims.sec}AA` }],
    ['no secret', { ...claims, sec: undefined }],
    ['null', null],
    ['a list', [claims]],
    ['a text', JSON.stringify(claims)],
    ['more than 2048 characters', { ...claims, more: 'x'.repeat(2048) }],
  ])('is refused over %s', async (_, payload) => {
    expect(await codec.decode(jwt(payload))).toBeNull();
    expect(await codec.decode(await jwe(payload))).toBeNull();
  });
});

function headerOf(typ: string): string {
  const header = typ === 'rt+jwe' ? { alg: 'dir', enc: 'A256GCM', typ, kid: 'default' } : { alg: 'HS256', typ, kid: 'default' };
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}

/** Texts that a lenient decoder takes for the same bytes: padding, the other alphabet, line ends, spare bits. */
function otherSpellings(token: string): string[] {
  const padded = ['=', '==', '\n', ' '].map((tail) => token + tail);
  const otherAlphabet = [token.replaceAll('-', '+'), token.slice(0, 4) + token.slice(4).replaceAll('_', '/')];
  const spareBits = Array.from(ALPHABET, (last) => token.slice(0, -1) + last);
  return [...padded, ...otherAlphabet, ...spareBits].filter((variant) => variant !== token);
}
