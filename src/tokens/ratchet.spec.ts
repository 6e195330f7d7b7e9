import fc from 'fast-check';
import { firstSecret, hashSecret, matchesHash, nextSecret, rotationNonce } from './ratchet';
import { ServerSecrets } from './server-secrets';

const keysOf = (value: string) => new ServerSecrets([{ id: 'only', value }]).current;

const keys = keysOf('an example secret of more than 32 bytes');
const familyId = '0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0f';
const secret = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const nonce = '8PHy8_T19vf4-fr7_P3-_w';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((each) => Buffer.from(each));
const nonces = bytes(16).map((each) => each.toString('base64url'));
const generations = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const steps = fc.tuple(fc.uuid(), generations, bytes(32), nonces);

describe('ratchet', () => {
  // Worked out by another implementation of RFC 5869 and RFC 2104. A change here ends every session at the next deployment.
  it('derives the successor that has always been derived', () => {
    expect(nextSecret(keys, familyId, 1, secret, nonce).toString('hex')).toBe('ab4e512e33d1ace6cfffd3c894efed12b924695290b330288d69e8f73c04d813');
  });

  it('keeps the digest of a secret that has always been kept', () => {
    expect(hashSecret(secret)).toBe('Yw3NKWbEM2aRElRIu7JbT_QSpJxzLbLIq8G4WBvXEN0');
  });

  it('gives the same successor for the same predecessor, always', () => {
    fc.assert(
      fc.property(steps, (step) => {
        const again = keysOf('an example secret of more than 32 bytes');
        expect(nextSecret(again, ...step)).toEqual(nextSecret(keys, ...step));
        expect(nextSecret(keys, ...step)).toHaveLength(32);
      }),
    );
  });

  it.each([
    ['server secret', nextSecret(keysOf('another example secret of more than 32 bytes'), familyId, 1, secret, nonce)],
    ['family', nextSecret(keys, '0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0e', 1, secret, nonce)],
    ['generation', nextSecret(keys, familyId, 2, secret, nonce)],
    ['predecessor', nextSecret(keys, familyId, 1, Buffer.alloc(32, 7), nonce)],
    ['nonce', nextSecret(keys, familyId, 1, secret, '8PHy8_T19vf4-fr7_P3-_g')],
  ])('gives another successor for another %s', (_, successor) => {
    expect(successor).not.toEqual(nextSecret(keys, familyId, 1, secret, nonce));
  });

  it('gives different successors for any two different steps', () => {
    const text = ([id, generation, predecessor, salt]: [string, number, Buffer, string]) =>
      [id, generation, predecessor.toString('hex'), salt].join();
    fc.assert(
      fc.property(steps, steps, (one, other) => {
        fc.pre(text(one) !== text(other));
        expect(nextSecret(keys, ...one)).not.toEqual(nextSecret(keys, ...other));
      }),
    );
  });

  it('never comes back to an earlier secret', () => {
    const seen = new Set<string>();
    let current = firstSecret();
    for (let generation = 1; generation <= 10_000; generation++) {
      seen.add(current.toString('hex'));
      current = nextSecret(keys, familyId, generation, current, rotationNonce());
    }
    expect(seen.size).toBe(10_000);
  });

  it('matches a secret with its own digest and with no other text', () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), fc.string(), (one, other, junk) => {
        fc.pre(!one.equals(other));
        expect(matchesHash(one, hashSecret(one))).toBe(true);
        expect(matchesHash(one, hashSecret(other))).toBe(false);
        expect(matchesHash(one, junk)).toBe(false);
        expect(matchesHash(one, `${hashSecret(one)}=`)).toBe(false);
        expect(matchesHash(one, '')).toBe(false);
      }),
    );
  });

  it('begins each family with 32 and each rotation with 16 random bytes', () => {
    expect(firstSecret()).toHaveLength(32);
    expect(Buffer.from(rotationNonce(), 'base64url')).toHaveLength(16);
    expect(firstSecret()).not.toEqual(firstSecret());
    expect(rotationNonce()).not.toBe(rotationNonce());
  });
});
