import type { OAuthClient } from 'nestjs-jwt-refresh';
import { createHash } from 'node:crypto';
import type { Answer, HttpClient } from './http';

export type SentParameters = Record<string, unknown>;
type Headers = Record<string, string>;

const sha256 = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const api = { id: 'api', secret: 'api-secret-7cJ2vR' };
/** Characters that a form encodes. */
const odd = { id: 'odd client:%+', secret: 'se:cr%et+ with=ü&' };
const any = { id: 'any', secret: 'any-secret-Q8xw1m' };
const spa = { id: 'spa' };

/** One client of each kind, and what the host configures for them. */
export const CLIENTS = {
  api,
  odd,
  any,
  spa,
  options: [
    { id: api.id, secretHash: sha256(api.secret), audiences: ['api'] },
    { id: odd.id, secretHash: sha256(odd.secret).toUpperCase(), audiences: ['odd'] },
    { id: any.id, secretHash: sha256(any.secret) },
    { id: spa.id, public: true, audiences: ['web', 'api'] },
  ] satisfies OAuthClient[],
} as const;

/** As a form encodes: a space is a plus. */
const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/** RFC 6749 §2.3.1. */
export const basic = (id: string, secret: string): { Authorization: string } => ({
  Authorization: `Basic ${Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString('base64')}`,
});

/** Sends parameters, or a form as it is, to a route below /oauth. */
export function sendOAuth(
  http: HttpClient,
  route: string,
  parameters: SentParameters | string,
  headers: Headers = {},
  kind: 'form' | 'json' = 'form',
): Promise<Answer> {
  if (kind === 'json') return http.post(`/oauth/${route}`, parameters, headers);
  const form = typeof parameters === 'string' ? parameters : new URLSearchParams(parameters as Headers).toString();
  return http.postForm(`/oauth/${route}`, form, headers);
}

export const refreshGrant = (http: HttpClient, refreshToken: string, more: SentParameters = {}, headers: Headers = {}): Promise<Answer> =>
  sendOAuth(http, 'token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...more }, headers);

/** RFC 6749 §5.2: its members, its characters, its status, and nothing that a cache keeps. */
export function expectOAuthError({ status, headers, body }: Answer, expected: number, error: string): void {
  expect({ status, body }).toEqual({
    status: expected,
    body: { error, error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/) },
  });
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.has('www-authenticate')).toBe(expected === 401);
}
