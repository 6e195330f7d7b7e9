import fc from 'fast-check';
import { JwtRefreshError } from '../errors';
import { readParameters } from './oauth-parameters';

const NAMES = ['grant_type', 'scope'] as const;

function refusalOf(body: unknown): string | null {
  try {
    readParameters(body, NAMES);
    return null;
  } catch (error) {
    if (error instanceof JwtRefreshError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function raise(error: Error): never {
  throw error;
}

describe('parameters (RFC 6749 §3.1, §3.2)', () => {
  it.each<[string, unknown, object]>([
    ['texts', { grant_type: 'a', scope: 'b' }, { grant_type: 'a', scope: 'b' }],
    ['others, which are ignored', { scope: 'b', resource: ['x'], 'resource[]': 1 }, { scope: 'b' }],
    ['no value', { grant_type: '', scope: null }, {}],
    ['a body without a prototype, as Fastify makes it', Object.assign(Object.create(null), { scope: 'b' }), { scope: 'b' }],
    ['members of every object', { toString: 'x', constructor: 'y', ['__proto__']: { scope: 'z' } }, {}],
    ['what the prototype has', Object.create({ scope: 'b' }), {}],
    ['no body', undefined, {}],
    ['null', null, {}],
    ['a text', 'grant_type', {}],
    ['a list', [{ scope: 'b' }], {}],
  ])('are read from %s', (_, body, expected) => {
    expect(readParameters(body, NAMES)).toEqual(expected);
  });

  it('looks at no member of a list, which may have a million', () => {
    const list = Object.defineProperty([], 'scope', { enumerable: true, get: () => raise(new Error('looked')) });
    expect(readParameters(list, NAMES)).toEqual({});
  });

  it.each<[string, unknown]>([
    ['a list', { scope: ['a'] }],
    ['an empty list', { scope: [] }],
    ['an object', { scope: { a: 'b' } }],
    ['a number', { scope: 0 }],
    ['false', { scope: false }],
    ['undefined', { scope: undefined }],
    ['a list in the name', { 'scope[]': 'a' }],
    ['an object in the name', { 'scope[a][b]': 'a' }],
    ['a name beside one in a list', { scope: 'a', 'scope[]': 'b' }],
  ])('are refused for %s', (_, body) => {
    expect(refusalOf(body)).toBe('request_invalid: scope: give a parameter once, as a text.');
  });

  it('are named all at once, each once, without their values', () => {
    expect(refusalOf({ 'scope[]': 'secret', 'scope[a]': 'secret', grant_type: ['secret'] })).toBe(
      'request_invalid: scope, grant_type: give a parameter once, as a text.',
    );
  });

  it('are texts with a value, or the body is refused: never anything else, whatever the body', () => {
    const name = fc.constantFrom('grant_type', 'scope', 'scope[]', 'scope[a]', '__proto__', 'x');
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(name, fc.jsonValue()), fc.anything()), (body) => {
        if (refusalOf(body) !== null) return;
        const parameters = Object.entries(readParameters(body, NAMES));
        for (const [member, value] of parameters) {
          expect(NAMES).toContain(member);
          expect(typeof value === 'string' && value !== '' && value === (body as Record<string, unknown>)[member]).toBe(true);
        }
      }),
    );
  });
});
