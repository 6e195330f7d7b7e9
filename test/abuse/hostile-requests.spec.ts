import fc from 'fast-check';
import { request } from 'node:http';
import type { TokenPair } from 'nestjs-jwt-refresh';
import { ADMINISTRATORS } from '../support/admin-client';
import { LoginController } from '../support/login.controller';
import { CLIENTS } from '../support/oauth';
import { rawRequest, sayRaw } from '../support/raw-http';
import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';

const REFRESH = '/auth/jwt-refresh';
const COOKIE = '__Host-refresh_token';
const JSON_TYPE = 'Content-Type: application/json';
const OWN_PAGE = 'X-Requested-With: x';

/** What would tell a stranger how the server is built. */
const INSIDES = /\\n *at |node_modules|\.[jt]s:\d|refresh_tokens|tokenHash|rotationNonce|select |insert |update |sqlite|typeorm|queryfailed/i;

describeOnEveryAdapter('a hostile request', (stack) => {
  let app: RunningApp;
  let subject: string;
  let session: TokenPair;

  beforeAll(async () => {
    const options = { transport: 'both', audit: { enabled: false }, admin: ADMINISTRATORS, oauth: { clients: CLIENTS.options } } as const;
    app = await stack.start(options, { controllers: [LoginController], configure: (host) => host.useLogger(false) });
  });
  beforeEach(async () => {
    subject = newSubject();
    session = await app.login(subject);
  });

  const json = (token: string): string => JSON.stringify({ refresh_token: token });
  const lengthOf = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}`;
  const withBody = (body: string, ...headers: string[]): string => rawRequest(REFRESH, [JSON_TYPE, lengthOf(body), ...headers], body);

  /** The session is as it was, and its token is still good. */
  async function expectUntouched(): Promise<void> {
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
    expect((await app.http.refresh(session.refreshToken)).status).toBe(200);
  }

  it('in good order is answered, so that the refusals below mean something', async () => {
    expect(await sayRaw(app.url, withBody(json(session.refreshToken)))).toEqual([200]);
  });

  it.each<[string, (token: string) => string[], number[]]>([
    ['200 cookies and the right one among them', (token) => [...cookies(200), `${COOKIE}=${token}`], [200]],
    ['15 kB of cookies', () => cookies(15, 1000), [400]],
    ['a cookie with a name of 4 kB', () => [`${'n'.repeat(4096)}=v`], [400]],
    ['a cookie of 4 kB', () => [`${COOKIE}=${'v'.repeat(4096)}`], [401]],
    ['nothing but separators', () => [';'.repeat(10_000)], [400]],
    ['names without values', () => Array.from({ length: 600 }, () => COOKIE), [400]],
    ['two of the name', (token) => [`${COOKIE}=${token}`, `${COOKIE}=x`], [400]],
    ['one of the name in capitals', (token) => [`${COOKIE.toUpperCase()}=${token}`], [400]],
    ['one in quotes', (token) => [`${COOKIE}="${token}"`], [401]],
    ['one with bytes that are no text', () => [`${COOKIE}=\xff\xfe\x80`], [401]],
    ['one percent-encoded', (token) => [`${COOKIE}=${encodeURIComponent(token).replace('j', '%6A')}`], [401]],
    ['more than 16 kB of cookies', () => cookies(20, 1000), [431]],
  ])('whose Cookie header has %s is read as it is or refused, and costs nobody anything', async (_, pairs, statuses) => {
    const cookie = `Cookie: ${pairs(session.refreshToken).join('; ')}`;
    expect(await sayRaw(app.url, rawRequest(REFRESH, [OWN_PAGE, cookie, 'Content-Length: 0']))).toEqual(statuses);
    if (statuses[0] !== 200) await expectUntouched();
  });

  it.each<[string, string[]]>([
    ['one header of 17 kB', [`X-Long: ${'x'.repeat(17_000)}`]],
    ['an access token of 17 kB', [`Authorization: Bearer ${'x'.repeat(17_000)}`]],
    ['17 kB of small headers', Array.from({ length: 1100 }, (_, index) => `X-${1000 + index}: ${'x'.repeat(12)}`)],
  ])('with %s gets 431, and other connections go on', async (_, headers) => {
    const attack = Promise.all(Array.from({ length: 20 }, () => sayRaw(app.url, withBody(json(session.refreshToken), ...headers))));
    expect((await app.http.refresh((await app.login(newSubject())).refreshToken)).status).toBe(200);
    for (const statuses of await attack) expect(statuses).toEqual([431]);
    await expectUntouched();
  });

  it('with a path of 17 kB gets 414 or 431', async () => {
    const [status] = await sayRaw(app.url, rawRequest(`${REFRESH}?${'x'.repeat(17_000)}`, ['Content-Length: 0']));
    expect([414, 431]).toContain(status);
    await expectUntouched();
  });

  /** RFC 9112 §6.3 and §5: what a proxy and the server could take for different requests. */
  it.each<[string, (body: string) => string]>([
    ['both a length and chunks', (body) => rawRequest(REFRESH, [JSON_TYPE, lengthOf(body), 'Transfer-Encoding: chunked'], `0\r\n\r\n${body}`)],
    ['two lengths', (body) => rawRequest(REFRESH, [JSON_TYPE, lengthOf(body), 'Content-Length: 5'], body)],
    ['a length with a sign', (body) => rawRequest(REFRESH, [JSON_TYPE, `Content-Length: +${body.length}`], body)],
    ['a length below zero', (body) => rawRequest(REFRESH, [JSON_TYPE, 'Content-Length: -1'], body)],
    ['a length beyond all numbers', (body) => rawRequest(REFRESH, [JSON_TYPE, 'Content-Length: 99999999999999999999'], body)],
    ['chunks of no size', (body) => rawRequest(REFRESH, [JSON_TYPE, 'Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`)],
    ['a transfer encoding in front of chunks that is none', (body) => rawRequest(REFRESH, [JSON_TYPE, 'Transfer-Encoding: x'], body)],
    ['a space before the colon', (body) => rawRequest(REFRESH, [JSON_TYPE, `Content-Length : ${body.length}`], body)],
    ['a folded header', (body) => rawRequest(REFRESH, [JSON_TYPE, `X-Folded: a\r\n b: c`, lengthOf(body)], body)],
    ['a NUL in a header', (body) => rawRequest(REFRESH, [JSON_TYPE, 'X-Nul: a\0b', lengthOf(body)], body)],
    ['no host', (body) => `POST ${REFRESH} HTTP/1.1\r\nConnection: close\r\n${JSON_TYPE}\r\n${lengthOf(body)}\r\n\r\n${body}`],
  ])('with %s is refused with 400 and reaches no route', async (_, request) => {
    expect(await sayRaw(app.url, request(json(session.refreshToken)))).toEqual([400]);
    await expectUntouched();
  });

  it.each([
    '\ufeff', '\u202e', '\u200b', '\u00a0', '\u2028', '\ud800', '\udfff', '😀', 'ｊ', 'é', 'e\u0301', '\0', '\u007f', '\\u0000', '%00', '\r\nSet-Cookie: a=b',
  ])('whose token has %j in it or around it is refused without a query, and comes back in no answer', async (text) => {
    const { refreshToken } = session;
    const tokens = [text, text + refreshToken, refreshToken + text, refreshToken.slice(0, 40) + text + refreshToken.slice(40)];
    const statements = await app.statements.during(async () => {
      for (const token of tokens) {
        const { status, body, headers } = await app.http.refresh(token);
        expect([status, body.code]).toEqual([401, 'refresh_token_invalid']);
        expect(JSON.stringify(body) + JSON.stringify([...headers])).not.toMatch(/jrt_|Set-Cookie/i);
      }
    });
    expect(statements).toEqual([]);
    await expectUntouched();
  }); // prettier-ignore

  it('gets an answer below 500 that tells nothing of the server, whatever it is, and costs no query', async () => {
    const statements = await app.statements.during(() =>
      fc.assert(
        fc.asyncProperty(anyRequest, async (sent) => {
          const { status, text } = await send(app.url, sent);
          expect(status).toBeLessThan(500);
          expect(text).not.toMatch(INSIDES);
        }),
        { numRuns: 500 },
      ),
    );
    expect(statements).toEqual([]);
    await expectUntouched();
  });
});

const cookies = (count: number, size = 1): string[] => Array.from({ length: count }, (_, index) => `c${index}=${'v'.repeat(size)}`);

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

const PATHS = [
  REFRESH, '/auth/logout', '/auth/sessions', '/auth/sessions/x', '/auth/sessions?except=current', '/login/grant', '/login/peek',
  '/oauth/token', '/oauth/revoke', '/oauth/introspect', '/.well-known/jwks.json', '/.well-known/oauth-authorization-server',
  '/admin/refresh-tokens', '/admin/refresh-tokens/lookup', '/admin/refresh-tokens/revoke', '/admin/refresh-tokens/dashboard',
]; // prettier-ignore
const NAMES = [
  'refresh_token',
  'grant_type',
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
  'scope',
  '__proto__',
  'constructor',
  'filter',
];
const TYPES = [
  'application/json', 'application/json; charset=utf-16', 'application/json; charset=x', 'application/x-www-form-urlencoded', 'text/plain',
  'multipart/form-data; boundary=x', 'application/json, text/html', 'application/octet-stream', '',
]; // prettier-ignore

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'all', 'refresh_token', 'jrt_', 'a.b.c', 'jrt_AQ', 'Bearer x'),
);
const member = fc.oneof(fc.constantFrom(...NAMES), text);
const json = fc.oneof(fc.dictionary(member, fc.oneof(text, fc.jsonValue())), fc.jsonValue()).map((value) => JSON.stringify(value));
const form = fc
  .array(fc.tuple(member, text), { maxLength: 8 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`.toWellFormed()).join('&'));
const body = fc.oneof(
  json.map((value) => Buffer.from(value)),
  form.map((value) => Buffer.from(value)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

/** All that may stand in the value of a header. */
const headerValue = fc
  .array(fc.integer({ min: 0x20, max: 0xff }), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes.filter((code) => code !== 0x7f)).trim());
const credentials = fc.oneof(
  headerValue,
  headerValue.map((value) => `Bearer ${value}`),
  headerValue.map((value) => `Basic ${value}`),
);
const headers = fc.record(
  {
    'content-type': fc.oneof(fc.constantFrom(...TYPES), headerValue),
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'x'),
    authorization: credentials,
    cookie: fc.oneof(
      headerValue,
      headerValue.map((value) => `${COOKIE}=${value}`),
    ),
    'x-requested-with': headerValue,
    origin: fc.oneof(fc.constantFrom('null', 'https://evil.example', '://'), headerValue),
    'sec-fetch-site': fc.oneof(fc.constantFrom('same-origin', 'cross-site', 'none'), headerValue),
    'user-agent': headerValue,
    'x-forwarded-for': headerValue,
  },
  { requiredKeys: [] },
);
const anyRequest: fc.Arbitrary<Sent> = fc.record({
  method: fc.oneof({ weight: 6, arbitrary: fc.constant('POST') }, fc.constantFrom('GET', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS')),
  path: fc.constantFrom(...PATHS),
  headers: headers as fc.Arbitrary<Record<string, string>>,
  body,
});

/** fetch() is too polite for such headers. */
function send(url: string, { method, path, headers, body }: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method, headers: { ...headers, 'content-length': body.length }, agent: false }, (answer) => {
      let received = '';
      answer.setEncoding('utf8').on('data', (part: string) => (received += part));
      answer.on('end', () => resolve({ status: answer.statusCode!, text: received }));
    });
    outgoing.on('error', reject).end(body);
  });
}
