import fc from 'fast-check';
import { narrowScope, scopeOf, withScope } from './scope';

const scopes = fc.uniqueArray(fc.stringMatching(/^[!#-[\]-~]{1,8}$/), { minLength: 1, maxLength: 8 });

describe('a scope (RFC 6749 §3.3, §6)', () => {
  it.each<[unknown, string | undefined]>([
    ['read write', 'read write'],
    ['https://api.example/read', 'https://api.example/read'],
    ['', undefined],
    [' read', undefined],
    ['read  write', undefined],
    ['"read"', undefined],
    ['re\\ad', undefined],
    ['lesén', undefined],
    [['read'], undefined],
    [7, undefined],
    [undefined, undefined],
  ])('is %p told as %p', (scope, expected) => {
    expect(scopeOf({ scope })).toBe(expected);
  });

  it('may be asked for in any order and only in part', () => {
    fc.assert(
      fc.property(scopes, fc.infiniteStream(fc.nat()), (granted, picks) => {
        const wanted = [...granted].filter(() => Number(picks.next().value) % 2 === 0).reverse();
        if (wanted.length > 0) expect(narrowScope(granted.join(' '), wanted.join(' '))).toBe(wanted.join(' '));
      }),
    );
  });

  it('never widens', () => {
    fc.assert(
      fc.property(
        fc.option(scopes, { nil: undefined }),
        fc.oneof(
          scopes.map((names) => names.join(' ')),
          fc.string(),
        ),
        (granted, wanted) => {
          const narrowed = narrowScope(granted?.join(' '), wanted);
          for (const name of narrowed?.split(' ') ?? []) expect(granted).toContain(name);
        },
      ),
    );
  });

  it('that was asked for replaces the one that the host adds, and leaves its other claims', () => {
    expect(withScope({ scope: 'a b' }, { role: 'x' }, undefined)).toEqual({ role: 'x' });
    expect(withScope({ scope: 'a b' }, { role: 'x' }, 'a')).toEqual({ role: 'x', scope: 'a' });
    expect(withScope({ scope: 'a b' }, { scope: 'c d' }, 'd')).toEqual({ scope: 'd' });
    expect(() => withScope({ scope: 'a b' }, { scope: 'c d' }, 'a')).toThrow('more than was granted');
    expect(() => withScope({ scope: 'a b' }, { scope: undefined }, 'a')).toThrow('more than was granted');
  });
});
