import { Controller, Get } from '@nestjs/common';
import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { type AccessTokenKey, Public } from 'nestjs-jwt-refresh';
import { FakeClock, signTestToken } from 'nestjs-jwt-refresh/testing';
import { AccessTokenService } from '../../src/tokens/access-token.service';
import { type Answer, bearer } from '../support/http';
import { describeOnEveryAdapter, describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

type Members = Record<string, unknown>;
type Signer = (input: string) => Buffer;

/** A genuine access token, open to changes. */
interface Live {
  token: string;
  header: Members;
  claims: Members & { sub: string; sid: string; iat: number; nbf: number; exp: number; jti: string };
}

const SECRET = randomBytes(48).toString('base64');
const YEAR = 31_536_000;

const MISSING = 'Bearer';
const INVALID = 'Bearer error="invalid_token", error_description="The access token is not valid."';
const EXPIRED = 'Bearer error="invalid_token", error_description="The access token has expired. Refresh it."';
const REVOKED = 'Bearer error="invalid_token", error_description="The session of this access token has ended. Log in again."';

const outcome = ({ status, body }: Answer) => (status === 401 ? `401 ${body.code}` : String(status));
const challenge = ({ headers }: Answer) => headers.get('www-authenticate');

const encode = (part: unknown) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Members;

/** A compact JWS of anything, also of what no library would sign; a text stands for raw JSON. */
function jws(header: unknown, payload: unknown, signer: Signer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

const hmac =
  (hash: string, key: string | Buffer): Signer =>
  (input) =>
    createHmac(hash, key).update(input).digest();
const hs256 = (key: string | Buffer) => hmac('sha256', key);
const unsigned: Signer = () => Buffer.alloc(0);

/** What JwtAuthGuard and passport's AuthGuard('jwt') say to a token. */
async function answersTo({ http }: RunningApp, token: string): Promise<{ own: string; passport: number }> {
  const [own, passport] = [await http.get('/me', bearer(token)), await http.get('/passport/me', bearer(token))];
  return { own: outcome(own), passport: passport.status };
}

const ACCEPTED = { own: '200', passport: 200 };
const REFUSED = { own: '401 access_token_invalid', passport: 401 };

function open(token: string): Live {
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => decode(part)) as [Members, Live['claims']];
  return { token, header, claims };
}

describeOnEveryAdapter('JwtAuthGuard', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start({ audience: ['web', 'mobile'] });
  });
  beforeEach(() => {
    subject = newSubject();
  });

  describe('reads the Authorization header', () => {
    it.each(['Bearer', 'bearer', 'BEARER', 'Bearer   '])('takes a token after %j', async (scheme) => {
      const { accessToken } = await app.login(subject);
      expect((await app.http.get('/me', { Authorization: `${scheme} ${accessToken}` })).body).toMatchObject({ sub: subject });
    });

    it.each<[string, (token: string) => Record<string, string>]>([
      ['no header', () => ({})],
      ['an empty header', () => ({ Authorization: '' })],
      ['the bare token', (token) => ({ Authorization: token })],
      ['another scheme', (token) => ({ Authorization: `Token ${token}` })],
      ['a scheme that only begins alike', (token) => ({ Authorization: `Bearerish ${token}` })],
      ['Basic', () => ({ Authorization: 'Basic YWxpY2U6c2VjcmV0' })],
      ['the token in a cookie', (token) => ({ Cookie: `access_token=${token}` })],
      ['the token in a header of another name', (token) => ({ 'X-Access-Token': token })],
    ])('says that the token is missing for %s', async (_, headers) => {
      const { accessToken } = await app.login(subject);
      const answer = await app.http.get('/me', headers(accessToken));
      expect(answer.body).toMatchObject({ statusCode: 401, error: 'Unauthorized', code: 'access_token_missing' });
      expect(challenge(answer)).toBe(MISSING);
    });

    it('does not look for a token in the query', async () => {
      const { accessToken } = await app.login(subject);
      expect(outcome(await app.http.get(`/me?access_token=${accessToken}`))).toBe('401 access_token_missing');
    });

    it.each<[string, (token: string) => string]>([
      ['no token', () => 'Bearer'],
      ['two tokens', (token) => `Bearer ${token} ${token}`],
      ['a list', (token) => `Bearer ${token}, Bearer ${token}`],
      ['quotes', (token) => `Bearer "${token}"`],
      ['padding', (token) => `Bearer ${token}=`],
      ['a comma', (token) => `Bearer ${token},`],
      ['a colon after the scheme', (token) => `Bearer: ${token}`],
      ['a character outside of a token', (token) => `Bearer ${token}\u00e9`],
      ['dots', () => 'Bearer ..'],
      ['nonsense', () => 'Bearer nonsense'],
    ])('refuses %s after Bearer as an invalid token', async (_, authorization) => {
      const { accessToken } = await app.login(subject);
      const answer = await app.http.get('/me', { Authorization: authorization(accessToken) });
      expect(answer.body).toMatchObject({ statusCode: 401, error: 'Unauthorized', code: 'access_token_invalid' });
      expect(challenge(answer)).toBe(INVALID);
    });
  });

  describe('challenges as RFC 6750 says', () => {
    it('an expired token', async () => {
      const { accessToken } = await app.login(subject);
      app.clock.advance('30m');
      const answer = await app.http.get('/me', bearer(accessToken));
      expect(outcome(answer)).toBe('401 access_token_expired');
      expect(challenge(answer)).toBe(EXPIRED);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('a token whose session was revoked', async () => {
      const { accessToken, refreshToken } = await app.login(subject);
      await app.http.logout(refreshToken);
      const answer = await app.http.get('/me', bearer(accessToken));
      expect(outcome(answer)).toBe('401 access_token_revoked');
      expect(challenge(answer)).toBe(REVOKED);
    });

    it('nobody who is let in', async () => {
      expect(challenge(await app.http.get('/me', bearer((await app.login(subject)).accessToken)))).toBeNull();
    });

    it('in words of the host, with nothing in them that would end the quotes', async () => {
      const own = await stack.start({
        errors: { access_token_invalid: { message: 'Né "quoted"\\ \r\nSet-Cookie: a=b' }, access_token_missing: { status: 403 } },
      });
      const answer = await own.http.get('/me', bearer('nonsense'));
      expect(challenge(answer)).toBe('Bearer error="invalid_token", error_description="N   quoted     Set-Cookie: a=b"');
      expect(answer.headers.get('set-cookie')).toBeNull();
      const closed = await own.http.get('/me');
      expect(closed.status).toBe(403);
      expect(challenge(closed)).toBeNull();
    });
  });

  describe('@Public', () => {
    it.each(['no token', 'a bad token', 'a good token'])('lets a request in with %s and does not look at it', async (which) => {
      const tokens: Members = { 'a bad token': 'nonsense', 'a good token': (await app.login(subject)).accessToken };
      await app.audit(subject);
      const statements = await app.statements.during(async () => {
        const answer = await app.http.get('/public', which in tokens ? bearer(String(tokens[which])) : {});
        expect([answer.status, answer.body]).toEqual([200, { user: null }]);
      });
      expect(statements).toEqual([]);
    });
  });

  describe('@OptionalAuth', () => {
    it.each(['', 'Basic YWxpY2U6c2VjcmV0'])('lets a request without a token in as nobody, Authorization: %j', async (authorization) => {
      const answer = await app.http.get('/optional', authorization ? { Authorization: authorization } : {});
      expect([answer.status, answer.body]).toEqual([200, { sub: null }]);
    });

    it('knows who sends a good token', async () => {
      expect((await app.http.get('/optional', bearer((await app.login(subject)).accessToken))).body).toEqual({ sub: subject });
    });

    it.each(['', 'nonsense', 'a.b.c'])('refuses the token %j', async (token) => {
      expect(outcome(await app.http.get('/optional', bearer(token)))).toBe('401 access_token_invalid');
    });

    it('refuses a forged, an expired and a revoked token', async () => {
      const forged = await signTestToken((await stack.start()).app);
      const revoked = await app.login(subject);
      await app.http.logout(revoked.refreshToken);
      const expired = await app.login(subject);
      expect(outcome(await app.http.get('/optional', bearer(forged)))).toBe('401 access_token_invalid');
      expect(outcome(await app.http.get('/optional', bearer(revoked.accessToken)))).toBe('401 access_token_revoked');
      app.clock.advance('30m');
      expect(outcome(await app.http.get('/optional', bearer(expired.accessToken)))).toBe('401 access_token_expired');
    });
  });

  describe('@CurrentUser and @CurrentSession', () => {
    it('give the claims, one claim, and the session', async () => {
      const { accessToken, sessionId } = await app.login(subject, { content: { role: 'editor' }, audience: 'mobile' });
      expect((await app.http.get('/me', bearer(accessToken))).body).toEqual(open(accessToken).claims);
      expect((await app.http.get('/my-id', bearer(accessToken))).body).toEqual({
        sub: subject,
        session: { id: sessionId, generation: 0, audience: 'mobile' },
      });
    });

    it('follow the session through a refresh', async () => {
      const { refreshToken, sessionId } = await app.login(subject);
      const { body } = await app.http.refresh(refreshToken);
      expect((await app.http.get('/my-id', bearer(body.access_token))).body).toEqual({
        sub: subject,
        session: { id: sessionId, generation: 1, audience: 'web' },
      });
    });
  });

  describe('@Audience', () => {
    it('takes a token of its audience only', async () => {
      const [web, mobile] = [await app.login(subject, { audience: 'web' }), await app.login(subject, { audience: 'mobile' })];
      expect((await app.http.get('/mobile', bearer(mobile.accessToken))).body).toEqual({ aud: 'mobile' });
      const answer = await app.http.get('/mobile', bearer(web.accessToken));
      expect(outcome(answer)).toBe('401 access_token_invalid');
      expect(challenge(answer)).toBe(INVALID);
    });

    it('without it, a token of any configured audience is taken and of no other', async () => {
      for (const audience of ['web', 'mobile']) {
        expect((await app.http.get('/me', bearer((await app.login(subject, { audience })).accessToken))).status).toBe(200);
      }
      for (const audience of ['other', 'Web', 'web ', 'we']) {
        expect(outcome(await app.http.get('/stateless', bearer(await signTestToken(app.app, { aud: audience }))))).toBe('401 access_token_invalid');
      }
    });
  });
});

@Controller()
class HouseController {
  @Get('room')
  room(): unknown {
    return { open: true };
  }

  @Public()
  @Get('garden')
  garden(): unknown {
    return { open: true };
  }
}

describeOnEveryAdapter('globalGuard', (stack) => {
  it('closes every route that is not public, and leaves refresh and logout open', async () => {
    const app = await stack.start({ globalGuard: true }, { controllers: [HouseController] });
    const { accessToken, refreshToken } = await app.login(newSubject());
    expect(challenge(await app.http.get('/room'))).toBe(MISSING);
    expect(outcome(await app.http.get('/room', bearer('nonsense')))).toBe('401 access_token_invalid');
    expect(outcome(await app.http.get('/room', bearer(accessToken)))).toBe('200');
    expect(outcome(await app.http.get('/garden'))).toBe('200');
    expect(outcome(await app.http.get('/auth/sessions'))).toBe('401 access_token_missing');
    expect(outcome(await app.http.get('/auth/sessions', bearer(accessToken)))).toBe('200');
    const refreshed = await app.http.refresh(refreshToken);
    expect(outcome(refreshed)).toBe('200');
    expect(outcome(await app.http.logout(refreshed.body.refresh_token))).toBe('204');
    expect(outcome(await app.http.get('/room', bearer(accessToken)))).toBe('401 access_token_revoked');
  });

  it('is off unless asked for', async () => {
    const app = await stack.start({}, { controllers: [HouseController] });
    expect(outcome(await app.http.get('/room'))).toBe('200');
    expect(outcome(await app.http.get('/auth/sessions'))).toBe('401 access_token_missing');
  });
});

describeOnEveryDatabase('the session behind an access token', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start({ revocation: { check: 'strict' } });
  });
  beforeEach(() => {
    subject = newSubject();
  });

  it('is asked for by @SessionCheck("strict") and not by @SessionCheck("stateless")', async () => {
    const { accessToken, refreshToken } = await app.login(subject);
    await app.audit(subject);
    const get = (route: string) => app.statements.during(() => app.http.get(route, bearer(accessToken)));
    expect([await get('/me'), await get('/strict'), await get('/stateless')]).toEqual([['SELECT'], ['SELECT'], []]);
    await app.http.logout(refreshToken);
    expect(outcome(await app.http.get('/me', bearer(accessToken)))).toBe('401 access_token_revoked');
    expect(outcome(await app.http.get('/strict', bearer(accessToken)))).toBe('401 access_token_revoked');
    expect(outcome(await app.http.get('/stateless', bearer(accessToken)))).toBe('200');
    app.clock.advance('30m');
    expect(outcome(await app.http.get('/stateless', bearer(accessToken)))).toBe('401 access_token_expired');
  });

  it('is not asked for where the option says stateless, but is on a route that says strict', async () => {
    const stateless = await stack.start({ revocation: { check: 'stateless' } });
    const { accessToken, refreshToken } = await stateless.login(subject);
    await stateless.http.logout(refreshToken);
    expect(outcome(await stateless.http.get('/me', bearer(accessToken)))).toBe('200');
    expect(outcome(await stateless.http.get('/strict', bearer(accessToken)))).toBe('401 access_token_revoked');
  });

  it.each<[string, (mine: { sid: string }, theirs: { sid: string }) => Members]>([
    ['that is unknown', () => ({ sid: uuidv7() })],
    ['that is no id', () => ({ sid: "' OR 1=1 --" })],
    ['of another subject', (_, { sid }) => ({ sid })],
    ['whose subject differs in case', ({ sid }) => ({ sid, sub: subject.toUpperCase() })],
    ['whose subject has a space more', ({ sid }) => ({ sid, sub: `${subject} ` })],
  ])('opens nothing with a session %s', async (_, claims) => {
    const [mine, theirs] = [await app.login(subject), await app.login(newSubject())];
    const changed = claims({ sid: mine.sessionId }, { sid: theirs.sessionId });
    expect(outcome(await app.http.get('/me', bearer(await signTestToken(app.app, { sub: subject, sid: mine.sessionId }))))).toBe('200');
    expect(outcome(await app.http.get('/me', bearer(await signTestToken(app.app, { sub: subject, ...changed }))))).toBe('401 access_token_revoked');
  });

  it('ends at its idle and at its absolute end, also for a token that would live longer', async () => {
    const short = await stack.start({ refreshToken: { lifetime: 60, maxLifetime: 90 }, revocation: { check: 'strict' } });
    const { sessionId: sid, refreshToken } = await short.login(subject);
    const longer = async () => bearer(await signTestToken(short.app, { sub: subject, sid }));
    short.clock.advanceMilliseconds(59_999);
    expect(outcome(await short.http.get('/me', await longer()))).toBe('200');
    short.clock.advanceMilliseconds(1);
    expect(outcome(await short.http.get('/me', await longer()))).toBe('401 access_token_revoked');
    expect(outcome(await short.http.refresh(refreshToken))).toBe('401 refresh_token_expired');
    const other = await short.login(subject);
    short.clock.advance(50);
    await short.http.refresh(other.refreshToken);
    const long = async () => bearer(await signTestToken(short.app, { sub: subject, sid: other.sessionId }));
    short.clock.advanceMilliseconds(39_999);
    expect(outcome(await short.http.get('/me', await long()))).toBe('200');
    short.clock.advanceMilliseconds(1);
    expect(outcome(await short.http.get('/me', await long()))).toBe('401 access_token_revoked');
  });
});

// Every forgery is presented to JwtAuthGuard and to passport's AuthGuard('jwt'): what one refuses the other must.
describeOnEveryAdapter('an access token of an HS256 key', (stack) => {
  let app: RunningApp;
  let live: Live;

  beforeAll(async () => {
    app = await stack.start({ secret: SECRET });
    const subject = newSubject();
    live = open((await app.login(subject, { content: { role: 'editor' } })).accessToken);
    await app.audit(subject);
  });

  const expectAccepted = async (token: string) => expect(await answersTo(app, token)).toEqual(ACCEPTED);
  const expectRefused = async (token: string, refused = REFUSED) => {
    const statements = await app.statements.during(async () => expect(await answersTo(app, token)).toEqual(refused));
    expect(statements).toEqual([]);
  };
  const resigned = (header: Members, claims: Members = {}) => jws({ ...live.header, ...header }, { ...live.claims, ...claims }, hs256(SECRET));

  it('has the header and claims of RFC 9068, and nothing else but the host’s own', () => {
    const iat = Math.floor(app.clock.now() / 1000);
    const { sub, sid } = live.claims;
    expect(live.header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: 'default' });
    expect(live.claims).toEqual({
      iss: 'https://test.example',
      aud: 'test',
      sub,
      sid,
      gen: 0,
      jti: expect.stringMatching(new RegExp(`^${sid}\\.0\\.[\\w-]{12}$`)),
      iat,
      nbf: iat - 5,
      exp: iat + 1800,
      role: 'editor',
    });
  });

  it('is taken when it is signed with the key, by whatever tool', async () => {
    await expectAccepted(live.token);
    await expectAccepted(resigned({}));
    await expectAccepted(resigned({ kid: undefined }));
  });

  it.each(['none', 'None', 'nOnE', 'NONE', '', ' HS256', 'hs256', 'HS256\0', undefined, null, 0, true, ['HS256'], ['none', 'HS256'], {}])(
    'is refused under "alg": %j, signed or not',
    async (alg) => {
      await expectRefused(resigned({ alg }));
      await expectRefused(jws({ ...live.header, alg }, live.claims, unsigned));
      await expectRefused(jws({ alg, typ: 'at+jwt' }, live.claims, unsigned));
    },
  );

  it.each([['HS384', 'sha384'], ['HS512', 'sha512']])('is refused when the same key signed it with %s', async (alg, hash) => {
    await expectRefused(jws({ ...live.header, alg }, live.claims, hmac(hash, SECRET)));
    await expectRefused(jws({ ...live.header, alg }, live.claims, hs256(SECRET)));
    await expectRefused(jws(live.header, live.claims, hmac(hash, SECRET)));
  }); // prettier-ignore

  it.each(['', 'secret', 'default', SECRET.slice(0, -1), `${SECRET}\n`, Buffer.from(SECRET, 'base64')])(
    'is refused when the key was %j',
    async (key) => {
      await expectRefused(jws(live.header, live.claims, hs256(key)));
    },
  );

  it.each(['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'APPLICATION/AT+JWT'])('is taken under "typ": %j', async (typ) => {
    await expectAccepted(resigned({ typ }));
  });

  it.each([
    undefined, null, '', 'JWT', 'jwt', 'rt+jwt', 'rt+jwe', 'at', 'jwt+at', 'at+jwt ', 'at+jwt;v=1', 'x-at+jwt', 'application/jwt', 'text/at+jwt', '/at+jwt',
    ['at+jwt'], ['at+jwt', 'JWT'], 1, true, {},
  ])('is refused under "typ": %j', async (typ) => {
    await expectRefused(resigned({ typ }));
  }); // prettier-ignore

  const kids: unknown[] = [
    '../../dev/null', '/dev/null', "' OR '1'='1", '" OR ""="', 'default; DROP TABLE refresh_tokens', 'http://127.0.0.1/key', 'file:///etc/passwd', '|cat',
    '', 'DEFAULT', 'default ', 'default\0', '__proto__', 'constructor', 'toString', 'A'.repeat(10_000), 0, 1, true, null, [], ['default'], {}, { id: 'default' },
  ]; // prettier-ignore

  it.each(kids.map((kid) => [JSON.stringify(kid).slice(0, 40), kid]))('is refused under "kid": %s, and nothing is looked up', async (_, kid) => {
    await expectRefused(resigned({ kid }));
  });

  it.each<[string, Members]>([
    ['an issuer that is another', { iss: 'https://other.example' }],
    ['an issuer with a slash more', { iss: 'https://test.example/' }],
    ['an issuer in capitals', { iss: 'HTTPS://TEST.EXAMPLE' }],
    ['no issuer', { iss: undefined }],
    ['a null issuer', { iss: null }],
    ['a list of issuers', { iss: ['https://test.example'] }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['a null audience', { aud: null }],
    ['a list of audiences', { aud: ['test', 'other'] }],
    ['an empty list of audiences', { aud: [] }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a number as subject', { sub: 1 }],
    ['a list of subjects', { sub: ['alice'] }],
    ['no session', { sid: undefined }],
    ['an empty session', { sid: '' }],
    ['a list of sessions', { sid: [uuidv7()] }],
    ['no generation', { gen: undefined }],
    ['a text as generation', { gen: '0' }],
    ['half a generation', { gen: 0.5 }],
    ['no jti', { jti: undefined }],
    ['an empty jti', { jti: '' }],
    ['no iat', { iat: undefined }],
    ['a text as iat', { iat: '0' }],
    ['no nbf', { nbf: undefined }],
    ['a text as nbf', { nbf: '0' }],
    ['a null nbf', { nbf: null }],
    ['no exp', { exp: undefined }],
    ['a null exp', { exp: null }],
    ['a text as exp', { exp: '9999999999' }],
    ['a list as exp', { exp: [9_999_999_999] }],
  ])('is refused with %s', async (_, claims) => {
    await expectRefused(resigned({}, claims));
  });

  it.each(['', 'text', '"text"', 'null', '1', '[]', '[{}]', '{}', '{"exp":1e999}', '{'])('is refused with the payload %j', async (payload) => {
    await expectRefused(jws(live.header, payload, hs256(SECRET)));
  });

  it('is refused with an exp beyond all numbers', async () => {
    await expectRefused(jws(live.header, JSON.stringify(live.claims).replace(/"exp":\d+/, '"exp":1e999'), hs256(SECRET)));
  });

  it('is refused when exp is now or has passed, and taken one second before', async () => {
    const { iat } = live.claims;
    const expired = { own: '401 access_token_expired', passport: 401 };
    await expectAccepted(resigned({}, { exp: iat + 1 }));
    await expectRefused(resigned({}, { exp: iat }), expired);
    await expectRefused(resigned({}, { iat: iat - 10, exp: iat - 1 }), expired);
    await expectRefused(resigned({}, { iat: iat - YEAR, exp: iat - YEAR + 1 }), expired);
  });

  it('is refused when it would live longer than access tokens may', async () => {
    const { iat } = live.claims;
    await expectAccepted(resigned({}, { exp: iat + 1800 }));
    await expectRefused(resigned({}, { exp: iat + 1801 }));
    await expectRefused(resigned({}, { exp: iat + 10 * YEAR }));
    await expectRefused(resigned({}, { exp: Number.MAX_SAFE_INTEGER }));
  });

  it('is refused when it says it was issued years ahead, so that it would live until then', async () => {
    const { iat } = live.claims;
    await expectRefused(resigned({}, { iat: iat + 10 * YEAR, exp: iat + 10 * YEAR + 1800 }));
    await expectRefused(resigned({}, { iat: iat + 10 * YEAR }));
    await expectRefused(resigned({}, { iat: iat + 6 }));
  });

  it('is refused before its nbf', async () => {
    const { iat } = live.claims;
    await expectAccepted(resigned({}, { nbf: iat }));
    await expectRefused(resigned({}, { nbf: iat + 1 }));
  });

  it.each<[string, (header: string, payload: string, signature: string) => string]>([
    ['without its last character', (h, p, s) => `${h}.${p}.${s.slice(0, -1)}`],
    ['with half a signature', (h, p, s) => `${h}.${p}.${s.slice(0, s.length / 2)}`],
    ['with one character of signature', (h, p, s) => `${h}.${p}.${s.slice(0, 1)}`],
    ['without a signature', (h, p) => `${h}.${p}.`],
    ['without a third segment', (h, p) => `${h}.${p}`],
    ['with one segment', (h) => h],
    ['with four segments', (h, p, s) => `${h}.${p}.${s}.${s}`],
    ['with five segments', (h, p, s) => `${h}.${p}.${s}..${s}`],
    ['with a dot behind', (h, p, s) => `${h}.${p}.${s}.`],
    ['with a dot in front', (h, p, s) => `.${h}.${p}.${s}`],
    ['with its signature twice', (h, p, s) => `${h}.${p}.${s}${s}`],
    ['with a character too many', (h, p, s) => `${h}.${p}.${s}A`],
    ['with a signature of 8 kB', (h, p, s) => `${h}.${p}.${s.repeat(190)}`],
    ['with a signature of zeros', (h, p, s) => `${h}.${p}.${'A'.repeat(s.length)}`],
    ['with the signature’s spare bits set', (h, p, s) => `${h}.${p}.${s.slice(0, -1)}${String.fromCharCode(s.charCodeAt(s.length - 1) + 1)}`],
    ['with a detached payload', (h, _, s) => `${h}..${s}`],
    ['without a header', (_, p, s) => `.${p}.${s}`],
    ['with header and payload swapped', (h, p, s) => `${p}.${h}.${s}`],
    ['with padding', (h, p, s) => `${h}.${p}.${s}=`],
  ])('is refused %s', async (_, change) => {
    const [header, payload, signature] = live.token.split('.') as [string, string, string];
    await expectRefused(change(header, payload, signature));
  });

  it('is refused with a detached payload under "b64": false', async () => {
    const header = { ...live.header, b64: false, crit: ['b64'] };
    const signature = hs256(SECRET)(`${encode(header)}.${JSON.stringify(live.claims)}`).toString('base64url');
    await expectRefused(`${encode(header)}..${signature}`);
  });

  it.each([[['b64']], [['exp']], [['x-unknown']], [[]], ['exp'], [null]])(
    'is refused when it calls %j critical, which nobody here understands',
    async (crit) => {
      await expectRefused(resigned({ crit, b64: true, 'x-unknown': 1 }));
    },
  );

  it('is refused with any one character changed', async () => {
    const codes = new Set<string>();
    const statements = await app.statements.during(async () => {
      for (let at = 0; at < live.token.length; at++) {
        const changed = live.token.slice(0, at) + (live.token[at] === 'A' ? 'B' : 'A') + live.token.slice(at + 1);
        codes.add(outcome(await app.http.get('/me', bearer(changed))));
      }
    });
    expect([[...codes], statements]).toEqual([['401 access_token_invalid'], []]);
  });
});

describeOnEveryAdapter('a key that comes with the token', (stack) => {
  const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const octets = randomBytes(32);
  let server: Server;
  let requests = 0;
  let url: string;

  beforeAll(async () => {
    server = createServer((_, response) => {
      requests++;
      response.end(JSON.stringify({ keys: [attacker.publicKey.export({ format: 'jwk' })] }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it.each<[string, AccessTokenKey[] | undefined]>([
    ['HS256', undefined],
    ['RS256', [{ id: 'rsa', algorithm: 'RS256', privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }]],
  ])('is not believed and nothing is fetched, %s', async (_, keys) => {
    const app = await stack.start({ accessToken: { keys } });
    const { header, claims } = open((await app.login(newSubject())).accessToken);
    const jwk = { ...attacker.publicKey.export({ format: 'jwk' }), kid: header.kid, alg: 'RS256' };
    const oct = { kty: 'oct', k: octets.toString('base64url'), kid: header.kid, alg: 'HS256' };
    const x5c = [attacker.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')];
    const hints = [
      { jwk },
      { jwk: oct },
      { jku: `${url}/jwks.json` },
      { x5u: `${url}/cert.pem` },
      { x5c },
      { x5t: 'AAAA' },
      { jwk, jku: url, x5u: url, x5c },
    ];
    const own = { typ: 'at+jwt', kid: header.kid };
    for (const hint of [...hints, ...hints.map((each) => ({ ...each, kid: `${url}/key` }))]) {
      const asymmetric = jws({ ...own, ...hint, alg: 'RS256' }, claims, rs('sha256', attacker.privateKey));
      const symmetric = jws({ ...own, ...hint, alg: 'HS256' }, claims, hs256(octets));
      for (const token of [asymmetric, symmetric]) expect(outcome(await app.http.get('/stateless', bearer(token)))).toBe('401 access_token_invalid');
    }
    expect(requests).toBe(0);
  });
});

const rs =
  (hash: string, key: KeyObject): Signer =>
  (input) =>
    sign(hash, Buffer.from(input), key);
const ps =
  (hash: string, key: KeyObject): Signer =>
  (input) =>
    sign(hash, Buffer.from(input), { key, padding: 6, saltLength: 32 });
const es =
  (hash: string, key: KeyObject): Signer =>
  (input) =>
    sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
const der =
  (hash: string, key: KeyObject): Signer =>
  (input) =>
    sign(hash, Buffer.from(input), { key, dsaEncoding: 'der' });
const zeros =
  (length: number): Signer =>
  () =>
    Buffer.alloc(length);

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const OTHER_RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const OTHER_EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const ASYMMETRIC = [
  {
    algorithm: 'RS256' as const,
    pair: RSA,
    signer: rs('sha256', RSA.privateKey),
    forgeries: [
      ['RS384', rs('sha384', RSA.privateKey)],
      ['RS512', rs('sha512', RSA.privateKey)],
      ['PS256', ps('sha256', RSA.privateKey)],
      ['RS256', rs('sha256', OTHER_RSA.privateKey)],
      ['RS256', ps('sha256', RSA.privateKey)],
      ['RS256', zeros(256)],
      ['ES256', es('sha256', EC.privateKey)],
    ] as [string, Signer][],
  },
  {
    algorithm: 'ES256' as const,
    pair: EC,
    signer: es('sha256', EC.privateKey),
    forgeries: [
      ['ES384', es('sha384', EC.privateKey)],
      ['ES512', es('sha512', EC.privateKey)],
      ['ES256', es('sha256', OTHER_EC.privateKey)],
      ['ES256', der('sha256', EC.privateKey)],
      ['ES256', zeros(64)],
      ['ES256', zeros(0)],
      ['RS256', rs('sha256', RSA.privateKey)],
    ] as [string, Signer][],
  },
];

describeOnEveryAdapter('an access token of an asymmetric key', (stack) => {
  describe.each(ASYMMETRIC)('$algorithm', ({ algorithm, pair, signer, forgeries }) => {
    let app: RunningApp;
    let live: Live;

    beforeAll(async () => {
      const privateKey = pair.privateKey.export({ format: 'pem', type: 'pkcs8' });
      app = await stack.start({ secret: SECRET, accessToken: { keys: [{ id: 'key-1', algorithm, privateKey: String(privateKey) }] } });
      live = open((await app.login(newSubject())).accessToken);
    });

    it('names its key and is taken when that key signed it', async () => {
      expect(live.header).toEqual({ alg: algorithm, typ: 'at+jwt', kid: 'key-1' });
      expect(await answersTo(app, live.token)).toEqual(ACCEPTED);
      expect(await answersTo(app, jws(live.header, live.claims, signer))).toEqual(ACCEPTED);
    });

    it('is refused when it is HS256 with the public key, in whatever spelling, as the secret', async () => {
      const { publicKey } = pair;
      const pem = String(publicKey.export({ format: 'pem', type: 'spki' }));
      const pkcs1 = algorithm === 'RS256' ? [String(publicKey.export({ format: 'pem', type: 'pkcs1' }))] : [];
      const spki = publicKey.export({ format: 'der', type: 'spki' });
      const jwk = publicKey.export({ format: 'jwk' });
      const texts = [pem, ...pkcs1, JSON.stringify(jwk), JSON.stringify({ ...jwk, kid: 'key-1', alg: algorithm, use: 'sig' }), spki.toString('base64')];
      const spellings = texts.flatMap((text) => [text, text.trimEnd(), `${text.trimEnd()}\n`, text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '')]);
      for (const key of [...spellings, spki, Buffer.from(String(jwk.n ?? jwk.x), 'base64url'), '']) {
        for (const kid of ['key-1', undefined]) {
          for (const [alg, hash] of [['HS256', 'sha256'], ['HS512', 'sha512'], [algorithm, 'sha256']] as const) {
            expect(await answersTo(app, jws({ alg, typ: 'at+jwt', kid }, live.claims, hmac(hash, key)))).toEqual(REFUSED);
          }
        }
      }
    }); // prettier-ignore

    it('is refused when it is HS256 with the server secret, which does not sign access tokens here', async () => {
      for (const kid of ['key-1', 'default', undefined]) {
        expect(await answersTo(app, jws({ alg: 'HS256', typ: 'at+jwt', kid }, live.claims, hs256(SECRET)))).toEqual(REFUSED);
      }
    });

    it('is refused under any other algorithm, any other key and any other encoding of the signature', async () => {
      for (const [alg, forge] of forgeries) expect(await answersTo(app, jws({ ...live.header, alg }, live.claims, forge))).toEqual(REFUSED);
    });

    it.each(['none', 'None', 'nOnE', ''])('is refused under "alg": %j', async (alg) => {
      expect(await answersTo(app, jws({ ...live.header, alg }, live.claims, unsigned))).toEqual(REFUSED);
      expect(await answersTo(app, jws({ ...live.header, alg }, live.claims, signer))).toEqual(REFUSED);
    });
  });
});

describeOnEveryAdapter('a change of the signing key', (stack) => {
  const OLD: AccessTokenKey = { id: '2025', algorithm: 'RS256', privateKey: RSA.privateKey };
  const NEW: AccessTokenKey = { id: '2026', algorithm: 'ES256', privateKey: EC.privateKey };
  const OLD_PUBLIC: AccessTokenKey = { id: '2025', algorithm: 'RS256', publicKey: String(RSA.publicKey.export({ format: 'pem', type: 'spki' })) };

  const clock = new FakeClock();
  const start = (...keys: AccessTokenKey[]) => stack.start({ secret: SECRET, clock, accessToken: { keys } });
  const keyOf = (token: string) => open(token).header.kid;

  it('the first key signs, and every key is taken until it is retired', async () => {
    const [before, announced, during, after] = [await start(OLD), await start(OLD, NEW), await start(NEW, OLD_PUBLIC), await start(NEW)];
    const subject = newSubject();
    const byOld = (await before.login(subject)).accessToken;
    const byNew = (await during.login(subject)).accessToken;
    expect([byOld, byNew].map(keyOf)).toEqual(['2025', '2026']);
    expect(keyOf((await announced.login(subject)).accessToken)).toBe('2025');
    const answers = async (token: string) =>
      Promise.all([before, announced, during, after].map(async ({ http }) => outcome(await http.get('/me', bearer(token)))));
    expect(await answers(byOld)).toEqual(['200', '200', '200', '401 access_token_invalid']);
    expect(await answers(byNew)).toEqual(['401 access_token_invalid', '200', '200', '200']);
  });

  it('a key is taken only under its own name', async () => {
    const during = await start(NEW, OLD_PUBLIC);
    const { claims } = open((await during.login(newSubject())).accessToken);
    const header = { alg: 'RS256', typ: 'at+jwt' };
    const answer = async (more: Members) =>
      outcome(await during.http.get('/me', bearer(jws({ ...header, ...more }, claims, rs('sha256', RSA.privateKey)))));
    expect(await answer({ kid: '2025' })).toBe('200');
    expect(await answer({ kid: '2026' })).toBe('401 access_token_invalid');
    expect(await answer({})).toBe('401 access_token_invalid');
  });

  it('ends no session: a refresh after the old key is gone mints with the new one', async () => {
    const [before, after] = [await start(OLD), await start(NEW)];
    const { accessToken, refreshToken } = await before.login(newSubject());
    expect(outcome(await after.http.get('/me', bearer(accessToken)))).toBe('401 access_token_invalid');
    const refreshed = await after.http.refresh(refreshToken);
    expect(refreshed.status).toBe(200);
    expect(keyOf(refreshed.body.access_token)).toBe('2026');
    expect(outcome(await after.http.get('/me', bearer(refreshed.body.access_token)))).toBe('200');
  });
});

describeOnEveryAdapter('the clock of a guard', (stack) => {
  let app: RunningApp;

  const start = async (accessToken: { clockTolerance: number; notBeforeLeeway: number }) => {
    app = await stack.start({ accessToken });
    return (await app.login(newSubject())).accessToken;
  };
  const at = async (seconds: number, token: string) => {
    const now = app.clock.now();
    app.clock.advance(seconds);
    const answer = await app.http.get('/stateless', bearer(token));
    app.clock.set(new Date(now));
    return outcome(answer);
  };

  it('tolerates clockTolerance seconds behind exp and before nbf, and not one more', async () => {
    const token = await start({ clockTolerance: 10, notBeforeLeeway: 5 });
    expect(await at(1800, token)).toBe('200');
    expect(await at(1809, token)).toBe('200');
    expect(await at(1810, token)).toBe('401 access_token_expired');
    expect(await at(-5, token)).toBe('200');
    expect(await at(-15, token)).toBe('200');
    expect(await at(-16, token)).toBe('401 access_token_invalid');
  });

  it('tolerates nothing without clockTolerance, but a token is valid notBeforeLeeway seconds early', async () => {
    const token = await start({ clockTolerance: 0, notBeforeLeeway: 5 });
    expect(await at(1799, token)).toBe('200');
    expect(await at(1800, token)).toBe('401 access_token_expired');
    expect(await at(-5, token)).toBe('200');
    expect(await at(-6, token)).toBe('401 access_token_invalid');
  });

  it('takes a token from its second on when both are 0', async () => {
    const token = await start({ clockTolerance: 0, notBeforeLeeway: 0 });
    expect(await at(0, token)).toBe('200');
    expect(await at(-1, token)).toBe('401 access_token_invalid');
  });
});

// What it refuses of forged tokens stands above, beside what JwtAuthGuard refuses.
describeOnEveryAdapter("AuthGuard('jwt')", (stack) => {
  let app: RunningApp;
  let start: number;
  let subject: string;

  // Passport keeps one strategy of a name for the whole process, so no other app may start in here.
  beforeAll(async () => {
    app = await stack.start();
    start = app.clock.now();
  });
  beforeEach(() => {
    subject = newSubject();
    app.clock.set(new Date(start));
  });

  it('takes a good token and gives its claims', async () => {
    const { accessToken } = await app.login(subject);
    expect((await app.http.get('/passport/me', bearer(accessToken))).body).toEqual(open(accessToken).claims);
  });

  it('refuses a request without a token', async () => {
    expect((await app.http.get('/passport/me')).status).toBe(401);
  });

  it('refuses a token whose session was revoked, and says so', async () => {
    const { accessToken, refreshToken } = await app.login(subject);
    expect(await answersTo(app, accessToken)).toEqual(ACCEPTED);
    await app.http.logout(refreshToken);
    expect(await answersTo(app, accessToken)).toEqual({ own: '401 access_token_revoked', passport: 401 });
    expect((await app.http.get('/passport/me', bearer(accessToken))).body.code).toBe('access_token_revoked');
  });

  it('refuses an expired token, and says so', async () => {
    const { accessToken } = await app.login(subject);
    app.clock.advance(1800);
    expect(await answersTo(app, accessToken)).toEqual({ own: '401 access_token_expired', passport: 401 });
    expect((await app.http.get('/passport/me', bearer(accessToken))).body.code).toBe('access_token_expired');
  });

  it.each(['a year behind', 'a year ahead'])('asks the module’s clock for the time and no other, here %s', async (where) => {
    app.clock.advance(where === 'a year ahead' ? YEAR : -YEAR);
    const { accessToken } = await app.login(subject);
    expect(await answersTo(app, accessToken)).toEqual(ACCEPTED);
    app.clock.advance(1799);
    expect(await answersTo(app, accessToken)).toEqual(ACCEPTED);
    app.clock.advance(1);
    expect(await answersTo(app, accessToken)).toEqual({ own: '401 access_token_expired', passport: 401 });
  });
});

describeOnEveryAdapter('claims of the host', (stack) => {
  const REGISTERED = ['iss', 'aud', 'sub', 'sid', 'gen', 'jti', 'iat', 'nbf', 'exp'];
  const circle = (self: Members = {}): Members => Object.assign(self, { self });
  const stolen = Object.fromEntries(REGISTERED.map((claim) => [claim, 'stolen']));

  it.each(REGISTERED)('may not be called %s: issue() throws before anything is stored', async (claim) => {
    const app = await stack.start();
    const subject = newSubject();
    await expect(app.login(subject, { content: { role: 'editor', [claim]: 'stolen' } })).rejects.toThrow(TypeError);
    expect(await app.rows(subject)).toEqual([]);
  });

  it('can not bring registered ones in through toJSON', async () => {
    const app = await stack.start();
    const subject = newSubject();
    await expect(app.login(subject, { content: { toJSON: () => ({ ...stolen, role: 'editor' }) } })).rejects.toThrow(TypeError);
    expect(await app.rows(subject)).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
    'may not be called %s, which no JWT library can sign: issue() throws before anything is stored',
    async (claim) => {
      const app = await stack.start();
      const subject = newSubject();
      await expect(app.login(subject, { content: JSON.parse(`{"${claim}":{}}`) as Members })).rejects.toThrow(TypeError);
      expect(await app.rows(subject)).toEqual([]);
    },
  );

  it.each<[string, () => Members]>([
    ['a bigint', () => ({ id: 1n })],
    ['a circle', () => circle()],
    ['a name that every object has', () => ({ constructor: 'x' })],
    ['more than a header can hold', () => ({ roles: 'x'.repeat(20_000) })],
    ['a toJSON that throws', () => ({ id: { toJSON: () => { throw new Error('no'); } } })],
  ])('from the hook resolveSubject that make no usable token, as %s, do not use the refresh token up', async (_, claims) => {
    let good = false;
    const app = await stack.start({ hooks: { resolveSubject: () => (good ? {} : claims()) } });
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('temporarily_unavailable');
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
    good = true;
    app.clock.advance('1h');
    expect(outcome(await app.http.refresh(refreshToken))).toBe('200');
  }); // prettier-ignore

  it('from the hook resolveSubject are added, win over the session’s own, and never over registered ones', async () => {
    const app = await stack.start({ hooks: { resolveSubject: () => ({ ...stolen, role: 'admin', team: 7 }) } });
    const subject = newSubject();
    const { accessToken, refreshToken, sessionId } = await app.login(subject, { content: { role: 'editor', plan: 'free' } });
    const { body } = await app.http.refresh(refreshToken);
    const { claims } = open(body.access_token);
    const { jti, ...registered } = open(accessToken).claims;
    expect(claims).toEqual({ ...registered, gen: 1, jti: expect.stringContaining(`${sessionId}.1.`), role: 'admin', team: 7, plan: 'free' });
    expect(claims.jti).not.toBe(jti);
    expect(outcome(await app.http.get('/me', bearer(body.access_token)))).toBe('200');
  });
});

describeOnEveryAdapter('the jti of an access token', (stack) => {
  it('is unique over ten thousand tokens of one generation of one session', async () => {
    const app = await stack.start();
    const subject = newSubject();
    await app.login(subject);
    const [session] = await app.rows(subject);
    const service = app.app.get(AccessTokenService);
    const tokens = await Promise.all(Array.from({ length: 10_000 }, () => service.sign(session!, app.clock.now())));
    const ids = new Set(tokens.map(({ token }) => open(token).claims.jti));
    expect(ids.size).toBe(10_000);
  });

  it('differs between the answers to a token and to its retries', async () => {
    const app = await stack.start();
    const { refreshToken } = await app.login(newSubject());
    const answers = [];
    for (let i = 0; i < 10; i++) answers.push(await app.http.refresh(refreshToken));
    expect(new Set(answers.map(({ body }) => open(body.access_token).claims.jti)).size).toBe(10);
    expect(new Set(answers.map(({ body }) => body.refresh_token as string)).size).toBe(1);
  });
});
