import fc from 'fast-check';
import { JwtRefreshError } from '../errors';
import { readCredentials } from './client-credentials';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
const basic = (id: string, secret: string): string => `Basic ${base64(`${formEncode(id)}:${formEncode(secret)}`)}`;

function codeOf(authorization: unknown, body = {}): string {
  try {
    return JSON.stringify(readCredentials(authorization, body));
  } catch (error) {
    if (error instanceof JwtRefreshError) return error.code;
    throw error;
  }
}

describe('the credentials of a client (RFC 6749 §2.3)', () => {
  it.each<[string, unknown, object, object | null]>([
    ['nothing', undefined, {}, null],
    ['a secret without an id', undefined, { client_secret: 's' }, null],
    ['an id', undefined, { client_id: 'a' }, { id: 'a', secret: null }],
    ['id and secret in the body', undefined, { client_id: 'a', client_secret: 's' }, { id: 'a', secret: 's' }],
    ['another scheme', 'Bearer x', { client_id: 'a' }, { id: 'a', secret: null }],
    ['a scheme that begins alike', 'Basically x', { client_id: 'a' }, { id: 'a', secret: null }],
    ['Basic', basic('a', 's'), {}, { id: 'a', secret: 's' }],
    ['Basic with more spaces', `basic   ${base64('a:s')} `, {}, { id: 'a', secret: 's' }],
    ['Basic with a colon in the secret', `Basic ${base64('a:s:t')}`, {}, { id: 'a', secret: 's:t' }],
    ['Basic without a secret', `Basic ${base64('a:')}`, {}, { id: 'a', secret: '' }],
    ['Basic and the same id', basic('a', 's'), { client_id: 'a' }, { id: 'a', secret: 's' }],
    ['two headers', ['Basic x', 'Basic y'], { client_id: 'a' }, { id: 'a', secret: null }],
  ])('are read from %s', (_, authorization, body, expected) => {
    expect(readCredentials(authorization, body)).toEqual(expected);
  });

  it.each(['Basic', 'Basic ', 'Basic !', `Basic ${base64('a')}`, `Basic ${base64(':s')}`, `Basic ${base64('a:%')}`, `Basic ${base64('%ff:s')}`])(
    'are client_invalid in %p',
    (authorization) => {
      expect(codeOf(authorization)).toBe('client_invalid');
    },
  );

  it.each([{ client_secret: 's' }, { client_id: 'a', client_secret: 's' }, { client_id: 'b' }])('are request_invalid in Basic and %j', (body) => {
    expect(codeOf(basic('a', 's'), body)).toBe('request_invalid');
  });

  it('come back from Basic as they were, whatever their characters', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((value) => value.toWellFormed());
    fc.assert(
      fc.property(text, text, (id, secret) => {
        expect(readCredentials(basic(id, secret), {})).toEqual({ id, secret });
      }),
    );
  });

  it('are never read with another error than these', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const header of [`Basic ${text}`, `Basic ${base64(text)}`, text]) expect(codeOf(header)).toMatch(/^(null|\{.*\}|client_invalid)$/);
      }),
    );
  });
});
