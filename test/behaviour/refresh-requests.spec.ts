import { gzipSync } from 'node:zlib';
import { signTestToken } from 'nestjs-jwt-refresh/testing';
import type { AccessTokenOnRefresh, TokenPair } from 'nestjs-jwt-refresh';
import { KeyService } from '../../src/sessions/key.service';
import { type Answer, bearer, INSIDES } from '../support/http';
import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';

const REFRESH = '/auth/jwt-refresh';
const LOGOUT = '/auth/logout';
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

describeOnEveryAdapter('a refresh request', (stack) => {
  let app: RunningApp;
  let subject: string;
  let session: TokenPair;

  beforeAll(async () => {
    // The audit log is written after the answer; without it, each statement belongs to the request at hand.
    app = await stack.start({ audit: { enabled: false } });
  });
  beforeEach(async () => {
    subject = newSubject();
    session = await app.login(subject);
  });

  const json = (body: unknown): RequestInit => ({ body: JSON.stringify(body), headers: { 'Content-Type': JSON_TYPE } });
  const form = (body: string): RequestInit => ({ body, headers: { 'Content-Type': FORM_TYPE } });
  const typed = (type: string, body: string | Uint8Array<ArrayBuffer>): RequestInit => ({ body, headers: { 'Content-Type': type } });

  /** The session is as it was, and its token is still good. */
  async function expectUntouched(): Promise<void> {
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null, lastUsed: null }]);
    expect((await app.http.refresh(session.refreshToken)).status).toBe(200);
  }

  /** The shape that clients rely on, with nothing of the server's insides. */
  function expectError({ status, headers, body }: Answer, code: string): void {
    expect(Object.keys(body as object).sort()).toEqual(['code', 'error', 'message', 'statusCode']);
    expect(body).toMatchObject({ statusCode: status, error: expect.any(String), code, message: expect.any(String) });
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(body)).not.toMatch(INSIDES);
  }

  describe('that is answered with tokens', () => {
    it.each<[string, (token: string) => RequestInit]>([
      ['a JSON body', (token) => json({ refresh_token: token })],
      ['a JSON body with a charset', (token) => typed('application/json; charset=utf-8', JSON.stringify({ refresh_token: token }))],
      ['a JSON body with members nobody knows', (token) => json({ refresh_token: token, grant_type: 'refresh_token', refreshToken: 'x' })],
      ['a form', (token) => form(`refresh_token=${token}`)],
      ['a form with a charset', (token) => typed(`${FORM_TYPE}; charset=utf-8`, `refresh_token=${encodeURIComponent(token)}`)],
      ['a form with fields nobody knows', (token) => form(`grant_type=refresh_token&refresh_token=${token}&scope=`)],
    ])('takes %s', async (_, request) => {
      const answer = await app.http.send('POST', REFRESH, request(session.refreshToken));
      expect(answer.status).toBe(200);
      expect(await app.rows(subject)).toMatchObject([{ generation: 1 }]);
    });

    it('gets JSON that no cache keeps, with whole numbers of seconds', async () => {
      const { status, headers, body } = await app.http.refresh(session.refreshToken);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.has('set-cookie')).toBe(false);
      expect(body.token_type).toBe('Bearer');
      expect(Number.isInteger(body.expires_in) && Number.isInteger(body.refresh_expires_in)).toBe(true);
    });
  });

  describe('without one text as refresh token', () => {
    const NO_TOKENS: [string, (token: string) => RequestInit][] = [
      ['an empty object', () => json({})],
      ['null for the token', () => json({ refresh_token: null })],
      ['an empty token', () => json({ refresh_token: '' })],
      ['the number 0', () => json({ refresh_token: 0 })],
      ['false', () => json({ refresh_token: false })],
      ['an object', (token) => json({ refresh_token: { token } })],
      ['a list', (token) => json({ refresh_token: [token] })],
      ['the token twice in a list', (token) => json({ refresh_token: [token, token] })],
      ['a list as body', (token) => json([{ refresh_token: token }])],
      ['the token under another name', (token) => json({ refreshToken: token, token, jwt_refresh: token })],
      ['an empty form', () => form('')],
      ['a form with an empty field', () => form('refresh_token=')],
      ['the field twice in a form', (token) => form(`refresh_token=${token}&refresh_token=${token}`)],
      ['the field twice in a form, once empty', (token) => form(`refresh_token=&refresh_token=${token}`)],
      ['a list in a form', (token) => form(`refresh_token[]=${token}`)],
      ['an object in a form', (token) => form(`refresh_token[id]=${token}`)],
      ['a list besides the field in a form', (token) => form(`refresh_token=${token}&refresh_token[]=${token}`)],
      ['no body', () => ({})],
    ];

    it.each(NO_TOKENS)('is refused with 400 for %s, without a query', async (_, request) => {
      let answer!: Answer;
      const statements = await app.statements.during(async () => {
        answer = await app.http.send('POST', REFRESH, request(session.refreshToken));
      });
      expect(answer.status).toBe(400);
      expectError(answer, 'refresh_token_missing');
      expect(statements).toEqual([]);
      await expectUntouched();
    });
  });

  it('never reads the token from the query, a header or a cookie', async () => {
    const { refreshToken } = session;
    for (const path of [REFRESH, LOGOUT]) {
      const answers = [
        await app.http.send('POST', `${path}?refresh_token=${refreshToken}`, {}),
        await app.http.send('POST', `${path}?refresh_token=${refreshToken}`, json({})),
        await app.http.send('POST', path, { headers: { Cookie: `refresh_token=${refreshToken}`, 'X-Refresh-Token': refreshToken } }),
        await app.http.send('POST', path, { headers: bearer(refreshToken) }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(400);
        expectError(answer, 'refresh_token_missing');
      }
    }
    await expectUntouched();
  });

  it('with a token in the query beside the one in the body uses the body', async () => {
    const other = await app.login(newSubject());
    const answer = await app.http.send('POST', `${REFRESH}?refresh_token=${other.refreshToken}`, json({ refresh_token: session.refreshToken }));
    expect(answer.status).toBe(200);
    expect((await app.jwtRefresh.verifyAccessToken(answer.body.access_token as string)).sub).toBe(subject);
  });

  describe('that the framework can not read', () => {
    const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));
    const multipart = (token: string) => `--x\r\nContent-Disposition: form-data; name="refresh_token"\r\n\r\n${token}\r\n--x--\r\n`;
    const gzipped = (body: string): RequestInit => ({
      body: Uint8Array.from(gzipSync(body)),
      headers: { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'gzip' },
    });

    /** Express hands a type it does not parse on as an empty body, Fastify refuses it. */
    const CASES: [title: string, request: (token: string) => RequestInit, express: number, fastify: number][] = [
      ['multipart', (token) => typed('multipart/form-data; boundary=x', multipart(token)), 400, 415],
      ['plain text', (token) => typed('text/plain', token), 400, 400],
      ['JSON called plain text', (token) => typed('text/plain', JSON.stringify({ refresh_token: token })), 400, 400],
      ['XML', (token) => typed('application/xml', `<refresh_token>${token}</refresh_token>`), 400, 415],
      ['a type that is none', (token) => typed('nonsense', JSON.stringify({ refresh_token: token })), 400, 415],
      ['no content type', (token) => ({ body: Uint8Array.from(Buffer.from(JSON.stringify({ refresh_token: token }))) }), 400, 415],
      ['malformed JSON', (token) => typed(JSON_TYPE, `{"refresh_token": "${token}"`), 400, 400],
      ['a bare text as JSON', (token) => typed(JSON_TYPE, JSON.stringify(token)), 400, 400],
      ['JSON null', () => typed(JSON_TYPE, 'null'), 400, 400],
      ['an empty JSON body', () => typed(JSON_TYPE, ''), 400, 400],
      ['JSON in UTF-16 that says it is UTF-8', (token) => typed(JSON_TYPE, utf16(JSON.stringify({ refresh_token: token }))), 400, 400],
      ['JSON with a NUL', (token) => typed(JSON_TYPE, `{"refresh_token": "${token}\0"}`), 400, 400],
      ['JSON that would reach a prototype', (token) => typed(JSON_TYPE, `{"__proto__": {"refresh_token": "${token}"}}`), 400, 400],
      ['an unknown content encoding', () => ({ ...json({}), headers: { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'bogus' } }), 415, 400],
      ['1.1 MB', () => json({ refresh_token: 'x'.repeat(1_150_000) }), 413, 413],
      ['1.1 MB of form', () => form(`refresh_token=${'x'.repeat(1_150_000)}`), 413, 413],
      ['a gzip bomb', () => gzipped(JSON.stringify({ refresh_token: 'x'.repeat(50_000_000) })), 413, 400],
    ];

    it.each(CASES)('because it is %s gets a plain 4xx and changes nothing', async (_, request, express, fastify) => {
      for (const path of [REFRESH, LOGOUT]) {
        let answer!: Answer;
        const statements = await app.statements.during(async () => {
          answer = await app.http.send('POST', path, request(session.refreshToken));
        });
        expect([path, answer.status]).toEqual([path, stack.adapter === 'express' ? express : fastify]);
        expect(JSON.stringify(answer.body)).not.toMatch(INSIDES);
        expect(statements).toEqual([]);
      }
      await expectUntouched();
    });
  });

  it('in UTF-16 that says so is read where the framework can, and refused where not', async () => {
    const body = Uint8Array.from(Buffer.from(JSON.stringify({ refresh_token: session.refreshToken }), 'utf16le'));
    const answer = await app.http.send('POST', REFRESH, typed('application/json; charset=utf-16', body));
    expect(answer.status).toBe(stack.adapter === 'express' ? 200 : 400);
    expect((await app.http.refresh(session.refreshToken)).status).toBe(200);
  });

  describe('with another method', () => {
    it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'])('%s finds no route, for refresh and logout alike', async (method) => {
      const body = ['GET', 'HEAD'].includes(method) ? {} : json({ refresh_token: session.refreshToken });
      for (const path of [REFRESH, LOGOUT]) {
        const answer = await app.http.send(method, `${path}?refresh_token=${session.refreshToken}`, body);
        expect([404, 405]).toContain(answer.status);
      }
      await expectUntouched();
    });

    it('that a header asks to be taken for POST finds no route either', async () => {
      const answer = await app.http.send('PUT', REFRESH, {
        ...json({ refresh_token: session.refreshToken }),
        headers: { 'Content-Type': JSON_TYPE, 'X-HTTP-Method-Override': 'POST' },
      });
      expect(answer.status).toBe(404);
      await expectUntouched();
    });
  });

  describe('that is refused', () => {
    it('gets an error of one shape, whatever the reason, with a challenge on 401 that blames no access token', async () => {
      const logged = await app.login(subject);
      await app.http.logout(logged.refreshToken);
      const short = await app.login(subject, { lifetime: 60 });
      const spent = await app.login(subject);
      await app.http.refresh(spent.refreshToken);
      app.clock.advance(60);
      const errors: [string, unknown][] = [
        ['refresh_token_missing', undefined],
        ['refresh_token_invalid', 'x'],
        ['refresh_token_invalid', session.accessToken],
        ['refresh_token_revoked', logged.refreshToken],
        ['refresh_token_expired', short.refreshToken],
        ['refresh_token_reused', spent.refreshToken],
      ];
      for (const [code, token] of errors) {
        const answer = await app.http.refresh(token);
        expectError(answer, code);
        expect(answer.headers.get('www-authenticate')).toBe(answer.status === 401 ? 'Bearer' : null);
      }
    });

    it.each([
      ['no access token', {}, 'access_token_missing', 'Bearer'],
      ['another scheme', { Authorization: 'Basic dXNlcjpwYXNz' }, 'access_token_missing', 'Bearer'],
      [
        'an empty one',
        { Authorization: 'Bearer ' },
        'access_token_invalid',
        'Bearer error="invalid_token", error_description="The access token is not valid."',
      ],
      ['junk', bearer('junk'), 'access_token_invalid', 'Bearer error="invalid_token", error_description="The access token is not valid."'],
    ])('by the guard for %s gets the same shape and a challenge that fits', async (_, headers, code, challenge) => {
      for (const path of ['/me', '/auth/sessions']) {
        const answer = await app.http.get(path, headers as Record<string, string>);
        expect(answer.status).toBe(401);
        expectError(answer, code);
        expect(answer.headers.get('www-authenticate')).toBe(challenge);
      }
    });

    it('by the guard for an expired or a revoked token gets the same shape and a challenge that says so', async () => {
      const challengeOf = async (accessToken: string) => {
        const answer = await app.http.get('/me', bearer(accessToken));
        expectError(answer, answer.body.code as string);
        return [answer.body.code as string, answer.headers.get('www-authenticate')];
      };
      const revoked = await app.login(subject);
      await app.http.logout(revoked.refreshToken);
      expect(await challengeOf(revoked.accessToken)).toEqual([
        'access_token_revoked',
        'Bearer error="invalid_token", error_description="The session of this access token has ended. Log in again."',
      ]);
      app.clock.advance('30m');
      expect(await challengeOf(session.accessToken)).toEqual([
        'access_token_expired',
        'Bearer error="invalid_token", error_description="The access token has expired. Refresh it."',
      ]);
    });
  });
});

describeOnEveryAdapter('the access token of a refresh request', (stack) => {
  type Presented =
    | 'none'
    | 'junk'
    | 'live'
    | 'expired'
    | 'tampered'
    | 'expired and tampered'
    | 'other session'
    | 'other user'
    | 'expired, other session'
    | 'refresh token';

  /** The code of the refusal, or 200. */
  const EXPECTED: Record<Presented, Record<AccessTokenOnRefresh, 200 | string>> = {
    none: { ignore: 200, 'allow-expired': 'access_token_missing', require: 'access_token_missing' },
    junk: { ignore: 200, 'allow-expired': 'access_token_invalid', require: 'access_token_invalid' },
    live: { ignore: 200, 'allow-expired': 200, require: 200 },
    expired: { ignore: 200, 'allow-expired': 200, require: 'access_token_expired' },
    tampered: { ignore: 200, 'allow-expired': 'access_token_invalid', require: 'access_token_invalid' },
    'expired and tampered': { ignore: 200, 'allow-expired': 'access_token_invalid', require: 'access_token_invalid' },
    'other session': { ignore: 'access_token_invalid', 'allow-expired': 'access_token_invalid', require: 'access_token_invalid' },
    'other user': { ignore: 'access_token_invalid', 'allow-expired': 'access_token_invalid', require: 'access_token_invalid' },
    'expired, other session': { ignore: 'access_token_invalid', 'allow-expired': 'access_token_invalid', require: 'access_token_expired' },
    'refresh token': { ignore: 200, 'allow-expired': 'access_token_invalid', require: 'access_token_invalid' },
  };
  const MODES: AccessTokenOnRefresh[] = ['ignore', 'allow-expired', 'require'];
  const CASES = MODES.flatMap((mode) =>
    (Object.keys(EXPECTED) as Presented[]).map((presented) => [mode, presented, EXPECTED[presented][mode]] as const),
  );

  const apps = new Map<AccessTokenOnRefresh, RunningApp>();
  beforeAll(async () => {
    for (const mode of MODES) apps.set(mode, await stack.start({ accessTokenOnRefresh: mode, accessToken: { lifetime: '5m' } }));
  });

  /** Changes the payload and keeps the signature. */
  function tampered(jwt: string): string {
    const [header, payload, signature] = jwt.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    return [header, Buffer.from(JSON.stringify({ ...claims, admin: true })).toString('base64url'), signature].join('.');
  }

  async function present(app: RunningApp, presented: Presented, subject: string, session: TokenPair): Promise<string | null> {
    const expired = () => app.clock.advance('5m');
    switch (presented) {
      case 'none':
        return null;
      case 'junk':
        return 'junk';
      case 'live':
        return session.accessToken;
      case 'expired':
        expired();
        return session.accessToken;
      case 'tampered':
        return tampered(session.accessToken);
      case 'expired and tampered':
        expired();
        return tampered(session.accessToken);
      case 'other session':
        return (await app.login(subject)).accessToken;
      case 'other user':
        return (await app.login(newSubject())).accessToken;
      case 'expired, other session': {
        const { accessToken } = await app.login(subject);
        expired();
        return accessToken;
      }
      case 'refresh token':
        return session.refreshToken;
    }
  }

  it.each(CASES)('under "%s", being "%s", is answered with %s', async (mode, presented, expected) => {
    const app = apps.get(mode)!;
    const subject = newSubject();
    const session = await app.login(subject);
    const accessToken = await present(app, presented, subject, session);
    const answer = await app.http.refresh(session.refreshToken, accessToken === null ? {} : bearer(accessToken));
    if (expected === 200) {
      expect(answer.status).toBe(200);
      return;
    }
    expect(answer).toMatchObject({ status: 401, body: { statusCode: 401, code: expected } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    // Nothing rotated: the very same token is still good.
    expect(await app.rows(subject)).toContainEqual(
      expect.objectContaining({ id: session.sessionId, generation: 0, lastUsed: null, revokedAt: null }),
    );
    expect((await app.jwtRefresh.refresh(session.refreshToken, { accessToken: await fresh(app, session) })).sessionId).toBe(session.sessionId);
  });

  /** A live access token of a session whose first one may have expired. */
  async function fresh(app: RunningApp, { sessionId, accessToken }: TokenPair): Promise<string> {
    const { sub } = JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as { sub: string };
    return signTestToken(app.app, { sub, sid: sessionId });
  }

  it.each(MODES)('under "%s" is not demanded of a key, which comes without one, and must be its own if it is there', async (mode) => {
    const app = apps.get(mode)!;
    const { key, token } = await app.app.get(KeyService).issue({ audience: 'test', lifetime: '90d' }, 'root', null);
    const first = await app.http.refresh(token);
    expect(first.status).toBe(200);
    app.clock.advance('5m');
    const second = await app.http.refresh(first.body.refresh_token, bearer(first.body.access_token));
    expect(second.status).toBe(200);
    const { accessToken } = await app.login(newSubject());
    expect((await app.http.refresh(second.body.refresh_token, bearer(accessToken))).body.code).toBe('access_token_invalid');
    expect(await app.rows(key.subject)).toMatchObject([{ generation: 2, revokedAt: null }]);
  });

  it.each(['allow-expired', 'require'] as const)(
    'under "%s" may be of an older generation of the session, and is needed for a retry too',
    async (mode) => {
      const app = apps.get(mode)!;
      const session = await app.login(newSubject());
      const first = await app.http.refresh(session.refreshToken, bearer(session.accessToken));
      expect((await app.http.refresh(session.refreshToken)).body.code).toBe('access_token_missing');
      const retry = await app.http.refresh(session.refreshToken, bearer(session.accessToken));
      expect(retry.body.refresh_token).toBe(first.body.refresh_token);
      expect((await app.http.refresh(first.body.refresh_token, bearer(session.accessToken))).status).toBe(200);
    },
  );

  it.each(MODES)('under "%s" makes no refresh token good', async (mode) => {
    const app = apps.get(mode)!;
    const { accessToken } = await app.login(newSubject());
    expect((await app.http.refresh('junk', bearer(accessToken))).body.code).toBe('refresh_token_invalid');
    expect((await app.http.refresh(undefined, bearer(accessToken))).body.code).toBe('refresh_token_missing');
  });

  it.each(MODES)('under "%s" is held against a spent token before the reuse is', async (mode) => {
    const app = apps.get(mode)!;
    const subject = newSubject();
    const session = await app.login(subject);
    const { refreshToken } = await app.jwtRefresh.refresh(session.refreshToken, { accessToken: session.accessToken });
    app.clock.advance(31);
    const stranger = await app.login(newSubject());
    expect((await app.http.refresh(session.refreshToken, bearer(stranger.accessToken))).body.code).toBe('access_token_invalid');
    expect((await app.rows(subject))[0]!.revokedAt).toBeNull();
    expect((await app.http.refresh(refreshToken, bearer(session.accessToken))).status).toBe(200);
  });
});
