import fc from 'fast-check';
import { VerifiedTokens } from './verified-tokens';

describe('verified tokens', () => {
  it('are found by the whole token and by nothing else', () => {
    const tokens = new VerifiedTokens(10);
    tokens.add('header.payload.signature', '{"sub":"alice"}');
    expect(tokens.find('header.payload.signature')).toBe('{"sub":"alice"}');
    expect(tokens.find('header.payload.signaturf')).toBeUndefined();
    expect(tokens.find('')).toBeUndefined();
  });

  it('are not kept where none shall be', () => {
    const tokens = new VerifiedTokens(0);
    tokens.add('token', '{}');
    expect(tokens.find('token')).toBeUndefined();
  });

  it('give what was added or nothing, and are never more than the limit', () => {
    const operation = fc.record({ add: fc.boolean(), token: fc.nat(20) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.array(operation, { maxLength: 200 }), (limit, operations) => {
        const tokens = new VerifiedTokens(limit);
        for (const { add, token } of operations) {
          if (add) tokens.add(`token ${token}`, `payload ${token}`);
          else expect([undefined, `payload ${token}`]).toContain(tokens.find(`token ${token}`));
        }
        const held = Object.values(tokens).filter((member): member is Map<string, string> => member instanceof Map);
        expect(held.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(limit + 1);
      }),
    );
  });

  it('stay while they are asked for, however many others come', () => {
    const tokens = new VerifiedTokens(10);
    tokens.add('busy', '{}');
    for (let other = 0; other < 1000; other++) {
      tokens.add(`other ${other}`, '{}');
      expect(tokens.find('busy')).toBe('{}');
    }
  });
});
