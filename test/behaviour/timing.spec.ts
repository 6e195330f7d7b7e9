import crypto from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { firstSecret, hashSecret, matchesHash } from '../../src/tokens/ratchet';
import { RefreshTokenCodec } from '../../src/tokens/refresh-token.codec';
import { ServerSecrets } from '../../src/tokens/server-secrets';

// How long a comparison takes is not measured here: a machine under load would decide the outcome. What is checked is
// that secrets, digests and MACs meet in one function only.

const SOURCES = join(__dirname, '../../src');

const OPERAND = String.raw`[\w.$?!]+(?:\([^()]*\))?(?:\.\w+\([^()]*\))*`;
const EQUALITY = new RegExp(String.raw`(${OPERAND})\s*[!=]==?\s*(${OPERAND}|'[^']*')`, 'g');
const SECRET_NAME = /(?:secret|hash|mac|digest|signature|nonce)(?:\(.*\))?(?:\.toString\(.*\))?!?$/i;
const HARMLESS = /^(?:null|undefined|true|false|\d+|'[^']*')$/;
const OTHER_COMPARISON = /\.equals\(|\bcompare\(|\.localeCompare\(|isDeepStrictEqual\(/g;

/** Comparisons that stop at the first difference, on a value that a stranger must not learn. */
function leaks(source: string): string[] {
  const code = source.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
  const equalities = [...code.matchAll(EQUALITY)].filter(([, left = '', right = '']) => {
    return [left, right].some((operand) => SECRET_NAME.test(operand)) && ![left, right].some((operand) => HARMLESS.test(operand));
  });
  return [...equalities, ...code.matchAll(OTHER_COMPARISON)].map(([text]) => text);
}

describe('a comparison of secrets, digests and MACs', () => {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  const files = sources.filter((file) => /^(?:tokens|rotation|sessions|oauth|guards)\b/.test(file) && /(?<!\.spec)\.ts$/.test(file));

  it.each(files)('takes the same time wherever they differ: %s', (file) => {
    expect(leaks(readFileSync(join(SOURCES, file), 'utf8'))).toEqual([]);
  });

  it.each([
    'if (hmac(keys.mac, body) !== mac) return null;',
    'return hashSecret(secret) === session.tokenHash;',
    'const same = given.mac==stored.mac;',
    'return token.secret != row.secret;',
    "hash.digest('hex') === tokenHash",
    "mac.toString('hex') === given",
    'expected.equals(given)',
    'Buffer.compare(a, b) === 0',
  ])('would be found: %s', (line) => {
    expect(leaks(line)).not.toEqual([]);
  });

  it.each([
    'secret.length === SECRET_BYTES',
    'session.tokenHash !== null',
    "typeof secret !== 'string'",
    'given.secret === undefined',
    '// mac === mac',
  ])('is not this: %s', (line) => {
    expect(leaks(line)).toEqual([]);
  });

  it('is one call with equally long values, for a forged MAC and for a wrong secret', async () => {
    const compare = jest.spyOn(crypto, 'timingSafeEqual');
    const server = new ServerSecrets([{ id: 'default', value: 'an example secret of more than 32 bytes' }]);
    const codec = new RefreshTokenCodec(server, 'opaque');
    const token = await codec.encode({ familyId: uuidv7(), generation: 0, secret: firstSecret(), issuedAt: 0, expiresAt: 0 }, server.current);
    const lengths = () => compare.mock.calls.splice(0).map((values) => values.map(({ byteLength }) => byteLength));

    expect(await codec.decode(`${token.slice(0, -4)}AAAA`)).toBeNull();
    expect(lengths()).toEqual([[32, 32]]);
    expect(matchesHash(firstSecret(), hashSecret(firstSecret()))).toBe(false);
    expect(lengths()).toEqual([[43, 43]]);
    compare.mockRestore();
  });
});
