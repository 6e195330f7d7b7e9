import { HttpException } from '@nestjs/common';
import type { IssueInput, JwtRefreshOptions } from 'nestjs-jwt-refresh';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { type Answer, bearer } from '../support/http';
import { basic, CLIENTS, expectOAuthError, refreshGrant, type SentParameters, sendOAuth } from '../support/oauth';
import { describeOnEveryAdapter, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

describeOnEveryStack('POST /oauth/token', (stack) => {
  let app: RunningApp;
  const subjects = new Map<string, string>();

  beforeAll(async () => {
    app = await stack.start({ audit: { enabled: false } });
  });

  async function login(input: Omit<IssueInput, 'subject'> = {}): Promise<string> {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject, input);
    subjects.set(refreshToken, subject);
    return refreshToken;
  }

  const rowOf = async (token: string) => (await app.rows(subjects.get(token)!))[0]!;
  const refresh = (token: string, more: SentParameters = {}, headers = {}) => refreshGrant(app.http, token, more, headers);

  it('answers as RFC 6749 §5.1 says, for a form and for JSON', async () => {
    for (const kind of ['form', 'json'] as const) {
      const token = await login();
      const { status, headers, body } = await sendOAuth(app.http, 'token', { grant_type: 'refresh_token', refresh_token: token }, {}, kind);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('pragma')).toBe('no-cache');
      expect(headers.has('authorization') || headers.has('set-cookie')).toBe(false);
      expect(body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 1800,
        refresh_token: expect.stringMatching(/^jrt_/),
        refresh_expires_in: 1_209_600,
      });
      expect((await app.http.get('/me', bearer(body.access_token))).body).toMatchObject({ sub: subjects.get(token), gen: 1 });
      expect((await refresh(body.refresh_token)).status).toBe(200);
    }
  });

  it('shares rotation with POST /auth/jwt-refresh: a retry at either gets the same successor', async () => {
    const token = await login();
    const first = await refresh(token);
    expect((await app.http.refresh(token)).body.refresh_token).toBe(first.body.refresh_token);
    expect((await refresh(token)).body.refresh_token).toBe(first.body.refresh_token);
    expect(await rowOf(token)).toMatchObject({ generation: 1, revokedAt: null });
  });

  it('gives 20 simultaneous requests one successor', async () => {
    const token = await login();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect(await rowOf(token)).toMatchObject({ generation: 1 });
  });

  it('revokes the family of a token that comes back too late, and no other (RFC 9700 §4.14.2)', async () => {
    const token = await login();
    const other = await app.login(subjects.get(token)!);
    const next = await refresh(token);
    app.clock.advance(31);
    expectOAuthError(await refresh(token), 400, 'invalid_grant');
    expectOAuthError(await refresh(next.body.refresh_token), 400, 'invalid_grant');
    expect(await rowOf(token)).toMatchObject({ revokedReason: 'reuse' });
    expect((await refresh(other.refreshToken)).status).toBe(200);
    const events = await app.audit(subjects.get(token)!);
    expect(events.filter(({ type }) => type === 'refresh_token.reused')).toHaveLength(1);
  });

  it('is one SELECT and one UPDATE; junk costs nothing', async () => {
    const token = await login();
    expect(await app.statements.during(() => refresh(token))).toEqual(['SELECT', 'UPDATE']);
    expect(await app.statements.during(() => refresh('junk.junk.junk'))).toEqual([]);
    expect(await app.statements.during(() => refresh('jrt_junk'))).toEqual([]);
  });

  it('remembers the device that refreshed in the event', async () => {
    const audited = await stack.start();
    const subject = newSubject();
    const { refreshToken } = await audited.login(subject);
    await refreshGrant(audited.http, refreshToken, {}, { 'User-Agent': 'curl/8.1' });
    expect(await audited.audit(subject)).toMatchObject([
      { type: 'refresh_token.issued' },
      { type: 'refresh_token.rotated', deviceInfo: { userAgent: 'curl/8.1' } },
    ]);
  });

  it.each([true, false])('mints for a key of an administrator as POST /auth/jwt-refresh does (rotates: %s)', async (rotates) => {
    const keyed = await stack.start({ admin: ADMINISTRATORS });
    const admin = await AdminClient.signIn(keyed, newSubject());
    const { body } = await admin.post('', { audience: 'test', lifetime: '90d', rotates, content: { scope: 'read write' } });
    let token: string = body.token;
    for (const door of [refreshGrant, (http: RunningApp['http'], refreshToken: string) => http.refresh(refreshToken)]) {
      const answer = await door(keyed.http, token);
      expect(answer.status).toBe(200);
      expect((await keyed.http.get('/me', bearer(answer.body.access_token))).body).toMatchObject({ sid: body.id, scope: 'read write' });
      expect(answer.body.refresh_token === token).toBe(!rotates);
      token = answer.body.refresh_token;
    }
  });
});

describeOnEveryAdapter('an error of POST /oauth/token (RFC 6749 §5.2)', (stack) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await stack.start({ audit: { enabled: false } });
  });

  /** Sends what the case makes of a good token; afterwards the token must be as good as before. */
  async function refused(make: (token: string) => SentParameters | string, kind: 'form' | 'json' = 'form'): Promise<Answer> {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject, { content: { scope: 'read' } });
    let answer!: Answer;
    const statements = await app.statements.during(async () => {
      answer = await sendOAuth(app.http, 'token', make(refreshToken), {}, kind);
    });
    expect(statements).toEqual([]);
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null, lastUsed: null }]);
    expect((await refreshGrant(app.http, refreshToken)).status).toBe(200);
    return answer;
  }

  const GRANT = 'grant_type=refresh_token';

  it.each<[string, (token: string) => string]>([
    ['no parameters', () => ''],
    ['no grant_type', (token) => `refresh_token=${token}`],
    ['a grant_type without a value (§3.1)', (token) => `grant_type=&refresh_token=${token}`],
    ['a grant_type twice (§3.2)', (token) => `${GRANT}&${GRANT}&refresh_token=${token}`],
    ['a grant_type in a list', (token) => `grant_type[]=refresh_token&refresh_token=${token}`],
    ['no refresh_token', () => GRANT],
    ['a refresh_token without a value (§3.1)', () => `${GRANT}&refresh_token=`],
    ['a refresh_token twice (§3.2)', (token) => `${GRANT}&refresh_token=${token}&refresh_token=${token}`],
    ['a refresh_token twice, once empty', (token) => `${GRANT}&refresh_token=&refresh_token=${token}`],
    ['a refresh_token in a list', (token) => `${GRANT}&refresh_token[]=${token}`],
    ['a refresh_token in an object', (token) => `${GRANT}&refresh_token[id]=${token}`],
    ['a refresh_token beside one in a list', (token) => `${GRANT}&refresh_token=${token}&refresh_token[]=${token}`],
    ['a scope twice (§3.2)', (token) => `${GRANT}&refresh_token=${token}&scope=read&scope=read`],
    ['a scope in a list', (token) => `${GRANT}&refresh_token=${token}&scope[]=read`],
    ['a scope in an object', (token) => `${GRANT}&refresh_token=${token}&scope[a]=read`],
    ['a client_id twice, though none is needed', (token) => `${GRANT}&refresh_token=${token}&client_id=a&client_id=b`],
  ])('is invalid_request for a form with %s', async (_, form) => {
    expectOAuthError(await refused(form), 400, 'invalid_request');
  });

  it.each<[string, (token: string) => unknown]>([
    ['a list', (token) => [token]],
    ['an object', (token) => ({ token })],
    ['a number', () => 0],
    ['true', () => true],
    ['null', () => null],
    ['an empty text', () => ''],
  ])('is invalid_request for JSON with %s as refresh_token', async (_, value) => {
    const make = (token: string) => ({ grant_type: 'refresh_token', refresh_token: value(token) });
    expectOAuthError(await refused(make, 'json'), 400, 'invalid_request');
  });

  it.each(['token', 'revoke', 'introspect'])(
    'is told in its own words at /oauth/%s where a body should be, whatever type it would have had',
    async (route) => {
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        const { status, body } = await app.http.post(`/oauth/${route}`, undefined, { 'Content-Type': type });
        expect([type, status, typeof body.error, body.statusCode]).toEqual([type, expect.any(Number), 'string', undefined]);
      }
    },
  );

  it('is invalid_request for a token in the query, which is never read', async () => {
    const { refreshToken } = await app.login(newSubject());
    expectOAuthError(await app.http.postForm(`/oauth/token?${GRANT}&refresh_token=${refreshToken}`, ''), 400, 'invalid_request');
    expectOAuthError(await app.http.postForm(`/oauth/token?refresh_token=${refreshToken}`, GRANT), 400, 'invalid_request');
    expect((await app.http.get(`/oauth/token?${GRANT}&refresh_token=${refreshToken}`)).status).toBe(404);
    expect((await refreshGrant(app.http, refreshToken)).status).toBe(200);
  });

  it('is invalid_request for a token in a cookie, which is never read', async () => {
    const { refreshToken } = await app.login(newSubject());
    const cookies = ['refresh_token', '__Host-refresh_token', '__Host-jwt-refresh'].map((name) => `${name}=${refreshToken}`).join('; ');
    expectOAuthError(await app.http.postForm('/oauth/token', GRANT, { Cookie: cookies }), 400, 'invalid_request');
  });

  it.each(['password', 'client_credentials', 'authorization_code', 'REFRESH_TOKEN', 'refresh_token ', '__proto__', 'constructor'])(
    'is unsupported_grant_type for %p',
    async (grantType) => {
      const answer = await refused((token) => ({ grant_type: grantType, refresh_token: token }));
      expectOAuthError(answer, 400, 'unsupported_grant_type');
    },
  );

  it.each(['junk', 'jrt_junk', 'a.b.c', 'a.b.c.d.e', '%00', 'ü', 'x'.repeat(50_000)])('is invalid_grant for the token %.20p', async (token) => {
    expectOAuthError(await refused(() => `${GRANT}&refresh_token=${token}`), 400, 'invalid_grant');
  });

  it('is invalid_grant for an access token, which is no reuse either (RFC 8725 §3.12)', async () => {
    const subject = newSubject();
    const { accessToken, refreshToken } = await app.login(subject);
    expectOAuthError(await refreshGrant(app.http, accessToken), 400, 'invalid_grant');
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
    expect((await app.http.get('/me', bearer(refreshToken))).status).toBe(401);
    expect((await refreshGrant(app.http, refreshToken)).status).toBe(200);
  });

  it('is invalid_grant for an expired and for a revoked session', async () => {
    const expired = await app.login(newSubject());
    app.clock.advance('14d');
    expectOAuthError(await refreshGrant(app.http, expired.refreshToken), 400, 'invalid_grant');
    const revoked = await app.login(newSubject());
    await app.http.logout(revoked.refreshToken);
    expectOAuthError(await refreshGrant(app.http, revoked.refreshToken), 400, 'invalid_grant');
  });

  it('ignores parameters nobody knows, and clients where there are none (§3.2)', async () => {
    const { refreshToken } = await app.login(newSubject());
    const more = { client_id: 'anybody', client_secret: 'x', resource: 'y', token: 'z', 'a[b]': '1', __proto: '1' };
    expect((await refreshGrant(app.http, refreshToken, more, basic('nobody', 'x'))).status).toBe(200);
  });

  it("has the host's sentence, with the characters that a description may have, and RFC 6749's status whatever the host says", async () => {
    const host = await stack.start({ errors: { refresh_token_invalid: { status: 418, message: 'Bitte "neu" anmelden – öffne\\App' } } });
    const { status, body } = await refreshGrant(host.http, 'junk');
    expect({ status, body }).toEqual({ status: 400, body: { error: 'invalid_grant', error_description: 'Bitte  neu  anmelden    ffne App' } });
  });

  it("runs the host's hooks, and leaves an HttpException of theirs as it is", async () => {
    const calls: string[] = [];
    const hooks: JwtRefreshOptions['hooks'] = {
      beforeRefreshRoute: () => void calls.push('beforeRefreshRoute'),
      resolveSubject: ({ subject }) => (subject.startsWith('gone') ? null : { role: 'user' }),
      beforeRotate: ({ subject }) => {
        calls.push('beforeRotate');
        if (subject.startsWith('busy')) throw new HttpException({ slow: 'down' }, 429);
        if (subject.startsWith('broken')) throw new Error('broken');
      },
      afterRotate: () => void calls.push('afterRotate'),
    };
    const host = await stack.start({ hooks });
    const tokenOf = async (prefix: string) => (await host.login(prefix + newSubject())).refreshToken;
    const answer = await refreshGrant(host.http, await tokenOf('user'));
    expect(calls).toEqual(['beforeRefreshRoute', 'beforeRotate', 'afterRotate']);
    expect((await host.http.get('/me', bearer(answer.body.access_token))).body.role).toBe('user');
    expectOAuthError(await refreshGrant(host.http, await tokenOf('gone')), 400, 'invalid_grant');
    expect(await refreshGrant(host.http, await tokenOf('busy'))).toMatchObject({ status: 429, body: { slow: 'down' } });
    const broken = await refreshGrant(host.http, await tokenOf('broken'));
    expectOAuthError(broken, 503, 'temporarily_unavailable');
    expect(broken.headers.get('retry-after')).toBe('1');
  });

  it('asks for the access token as the option accessTokenOnRefresh says, with the challenge of RFC 6750 §3.1', async () => {
    const strict = await stack.start({ accessTokenOnRefresh: 'require' });
    const { refreshToken, accessToken } = await strict.login(newSubject());
    const other = await strict.login(newSubject());
    expectOAuthError(await refreshGrant(strict.http, refreshToken), 400, 'invalid_request');
    expectOAuthError(await refreshGrant(strict.http, refreshToken, {}, basic('a', 'b')), 400, 'invalid_request');
    const foreign = await refreshGrant(strict.http, refreshToken, {}, bearer(other.accessToken));
    expectOAuthError(foreign, 401, 'invalid_token');
    expect(foreign.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", error_description="[^"]+"$/);
    expect((await refreshGrant(strict.http, refreshToken, {}, bearer(accessToken))).status).toBe(200);
  });

  it('answers in the body and knows no cookie, whatever the transport', async () => {
    for (const transport of ['cookie', 'both'] as const) {
      const host = await stack.start({ transport });
      const { refreshToken } = await host.login(newSubject());
      const inCookie = { Cookie: `__Host-jwt-refresh=${refreshToken}; refresh_token=${refreshToken}`, 'X-Requested-With': 'fetch' };
      expectOAuthError(await sendOAuth(host.http, 'token', 'grant_type=refresh_token', inCookie), 400, 'invalid_request');
      const answer = await refreshGrant(host.http, refreshToken, {}, inCookie);
      expect(answer).toMatchObject({ status: 200, body: { refresh_token: expect.stringMatching(/^jrt_/) } });
      const refused = await refreshGrant(host.http, 'junk', {}, inCookie);
      for (const { headers } of [answer, refused]) expect(headers.has('set-cookie')).toBe(false);
    }
  });

  it("has the host's own members beside those of RFC 6749, which win", async () => {
    const host = await stack.start({ hooks: { responseMembers: () => ({ userId: 7, access_token: 'x', token_type: 'x' }) } });
    const { body } = await refreshGrant(host.http, (await host.login(newSubject())).refreshToken);
    expect(body).toMatchObject({ userId: 7, token_type: 'Bearer', access_token: expect.stringMatching(/^ey/) });
  });

  it('keeps its names whatever the host calls the members elsewhere', async () => {
    const renamed = await stack.start({
      request: { refreshTokenParam: 'jwt.refresh' },
      response: { accessTokenProp: 'token.access', refreshTokenProp: 'token.refresh' },
    });
    const answer = await refreshGrant(renamed.http, (await renamed.login(newSubject())).refreshToken);
    expect(Object.keys(answer.body)).toEqual(['access_token', 'refresh_token', 'token_type', 'expires_in', 'refresh_expires_in']);
  });
});

describeOnEveryAdapter('the scope of POST /oauth/token (RFC 6749 §6)', (stack) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await stack.start({ hooks: { resolveSubject: ({ subject }) => (subject.startsWith('hooked') ? { scope: 'hooked write' } : {}) } });
  });

  const scopeOf = async ({ body }: Answer) => (await app.http.get('/me', bearer(body.access_token))).body.scope;

  it('is that of the session where none is asked for, and stands in the answer', async () => {
    const { refreshToken } = await app.login(newSubject(), { content: { scope: 'read write' } });
    const answer = await refreshGrant(app.http, refreshToken, { scope: '' });
    expect(answer.body.scope).toBe('read write');
    expect(await scopeOf(answer)).toBe('read write');
  });

  it.each([
    ['read', 'read'],
    ['write read', 'write read'],
    ['read read', 'read'],
    ['read write', 'read write'],
  ])('may be asked for as %p, for that access token alone', async (wanted, granted) => {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject, { content: { scope: 'read write' } });
    const narrow = await refreshGrant(app.http, refreshToken, { scope: wanted });
    expect(narrow.body.scope).toBe(granted);
    expect(await scopeOf(narrow)).toBe(granted);
    expect(await app.rows(subject)).toMatchObject([{ content: { scope: 'read write' }, generation: 1 }]);
    const retried = await refreshGrant(app.http, refreshToken);
    expect(retried.body).toMatchObject({ scope: 'read write', refresh_token: narrow.body.refresh_token });
    expect((await refreshGrant(app.http, narrow.body.refresh_token)).body.scope).toBe('read write');
  });

  it.each(['admin', 'read admin', 'READ', 'rea', 'read  write', ' read', 'read ', 'read\twrite', 'read,write', '"read"', 'ü', '*'])(
    'is invalid_scope for %p, and nothing changes',
    async (wanted) => {
      const subject = newSubject();
      const { refreshToken } = await app.login(subject, { content: { scope: 'read write' } });
      expectOAuthError(await refreshGrant(app.http, refreshToken, { scope: wanted }), 400, 'invalid_scope');
      expect(await app.rows(subject)).toMatchObject([{ generation: 0, lastUsed: null, revokedAt: null }]);
    },
  );

  it('can be one that resolveSubject gives, which replaces that of the session', async () => {
    const subject = `hooked-${newSubject()}`;
    const { refreshToken } = await app.login(subject, { content: { scope: 'read write' } });
    expectOAuthError(await refreshGrant(app.http, refreshToken, { scope: 'read' }), 400, 'invalid_scope');
    const answer = await refreshGrant(app.http, refreshToken, { scope: 'hooked' });
    expect(answer.body.scope).toBe('hooked');
    expect(await scopeOf(answer)).toBe('hooked');
  });

  it.each([undefined, 7, ['read'], ''])('that a session does not have as a text (%p) can not be asked for', async (scope) => {
    const { refreshToken } = await app.login(newSubject(), { content: { scope } });
    expectOAuthError(await refreshGrant(app.http, refreshToken, { scope: 'read' }), 400, 'invalid_scope');
    expect((await refreshGrant(app.http, refreshToken)).body).not.toHaveProperty('scope');
  });

  it('asked for with a spent token does not hide the reuse', async () => {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject, { content: { scope: 'read' } });
    await refreshGrant(app.http, refreshToken);
    app.clock.advance(31);
    expectOAuthError(await refreshGrant(app.http, refreshToken, { scope: 'admin' }), 400, 'invalid_grant');
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'reuse' }]);
  });
});

describeOnEveryAdapter('the clients of POST /oauth/token', (stack) => {
  let app: RunningApp;
  let unaudited: RunningApp;

  beforeAll(async () => {
    app = await stack.start({ oauth: { clients: [...CLIENTS.options] } });
    unaudited = await stack.start({ oauth: { clients: [...CLIENTS.options] }, audit: { enabled: false } });
  });

  const { api, spa, odd } = CLIENTS;
  const login = async (audience: string) => {
    const subject = newSubject();
    return { subject, token: (await app.login(subject, { audience })).refreshToken };
  };

  it.each<[string, SentParameters, Record<string, string>]>([
    ['by Basic', {}, basic(api.id, api.secret)],
    ['by Basic, with the same client_id in the body', { client_id: api.id }, basic(api.id, api.secret)],
    ['by the body', { client_id: api.id, client_secret: api.secret }, {}],
    ['by a scheme in other letters (RFC 9110 §11.1)', {}, { Authorization: basic(api.id, api.secret).Authorization.replace('Basic', 'bAsIc') }],
  ])('a confidential client proves who it is %s (RFC 6749 §2.3.1)', async (_, parameters, headers) => {
    const { token } = await login('api');
    expect((await refreshGrant(app.http, token, parameters, headers)).status).toBe(200);
  });

  it('id and secret are encoded as in a form inside Basic (RFC 6749 §2.3.1)', async () => {
    const { token } = await login('odd');
    expect(basic(odd.id, odd.secret).Authorization).not.toContain(Buffer.from(`${odd.id}:`).toString('base64').slice(0, 12));
    expect((await refreshGrant(app.http, token, {}, basic(odd.id, odd.secret))).status).toBe(200);
  });

  it('a public client says who it is in the body', async () => {
    const { token } = await login('web');
    expect((await refreshGrant(app.http, token, { client_id: spa.id })).status).toBe(200);
  });

  it.each<[string, SentParameters, Record<string, string>]>([
    ['nothing', {}, {}],
    ['an unknown id', { client_id: 'nobody' }, {}],
    ['an unknown id and a secret', { client_id: 'nobody', client_secret: api.secret }, {}],
    ['a wrong secret', { client_id: api.id, client_secret: 'wrong' }, {}],
    ['no secret', { client_id: api.id }, {}],
    ['the hash of the secret', { client_id: api.id, client_secret: CLIENTS.options[0]!.secretHash }, {}],
    ['the id of another', { client_id: odd.id, client_secret: api.secret }, {}],
    ['a secret for a public client', { client_id: spa.id, client_secret: 'x' }, {}],
    ['a secret without an id', { client_secret: api.secret }, {}],
    ['a wrong secret in Basic', {}, basic(api.id, 'wrong')],
    ['an empty secret in Basic', {}, basic(api.id, '')],
    ['an unknown id in Basic', {}, basic('nobody', api.secret)],
    ['a public client in Basic', {}, basic(spa.id, '')],
    ['Basic with nothing', {}, { Authorization: 'Basic' }],
    ['Basic without a colon', {}, { Authorization: `Basic ${Buffer.from(api.id).toString('base64')}` }],
    ['Basic that is no base64', {}, { Authorization: 'Basic !!!' }],
    ['Basic with a broken escape', {}, { Authorization: `Basic ${Buffer.from('api:%zz').toString('base64')}` }],
    ['a Bearer token', {}, bearer('x')],
  ])('%s is invalid_client, with one answer and no query', async (_, parameters, headers) => {
    const subject = newSubject();
    const { refreshToken } = await unaudited.login(subject, { audience: 'api' });
    let answer!: Answer;
    const statements = await unaudited.statements.during(async () => {
      answer = await refreshGrant(unaudited.http, refreshToken, parameters, headers);
    });
    expect(statements).toEqual([]);
    expectOAuthError(answer, 401, 'invalid_client');
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="oauth", charset="UTF-8"');
    expect(answer.body.error_description).toBe('Client authentication failed.');
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
  });

  it.each<[string, SentParameters]>([
    ['client_secret', { client_secret: api.secret }],
    ['client_id and client_secret', { client_id: api.id, client_secret: api.secret }],
    ['the client_id of another', { client_id: spa.id }],
  ])('Basic and %s at once are invalid_request (RFC 6749 §2.3)', async (_, parameters) => {
    const { token } = await login('api');
    expectOAuthError(await refreshGrant(app.http, token, parameters, basic(api.id, api.secret)), 400, 'invalid_request');
  });

  it('a client uses the audiences that it lists, and all where it lists none', async () => {
    const any = CLIENTS.any;
    for (const audience of ['web', 'anything']) {
      const { token } = await login(audience);
      expect((await refreshGrant(app.http, token, {}, basic(any.id, any.secret))).status).toBe(200);
    }
    const { subject, token } = await login('anything');
    expectOAuthError(await refreshGrant(app.http, token, { client_id: spa.id }), 400, 'invalid_grant');
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
    expect((await app.http.refresh(token)).status).toBe(200);
  });

  describe('a family of an audience that a confidential client lists', () => {
    const { any } = CLIENTS;
    const WRONG_DOORS: [string, (token: string) => Promise<Answer>][] = [
      ['another confidential client', (token) => refreshGrant(app.http, token, {}, basic(odd.id, odd.secret))],
      ['a confidential client for all audiences', (token) => refreshGrant(app.http, token, {}, basic(any.id, any.secret))],
      ['a public client that lists it too', (token) => refreshGrant(app.http, token, { client_id: spa.id })],
      ['POST /auth/jwt-refresh', (token) => app.http.refresh(token)],
    ];

    it.each(WRONG_DOORS)('is not refreshed by %s', async (_, send) => {
      const { subject, token } = await login('api');
      const { status, body } = await send(token);
      expect([status, body.error === 'Unauthorized' ? body.code : body.error]).toEqual(
        status === 401 ? [401, 'refresh_token_invalid'] : [400, 'invalid_grant'],
      );
      expect(await app.rows(subject)).toMatchObject([{ generation: 0, lastUsed: null, revokedAt: null }]);
      expect((await app.audit(subject)).at(-1)).toMatchObject({ type: 'refresh_token.refused', reason: 'client_refused' });
      expect((await refreshGrant(app.http, token, {}, basic(api.id, api.secret))).status).toBe(200);
    });

    it.each(WRONG_DOORS)('is not ended when %s presents a spent token', async (_, send) => {
      const { subject, token } = await login('api');
      const next = await refreshGrant(app.http, token, {}, basic(api.id, api.secret));
      app.clock.advance(31);
      expect((await send(token)).status).toBeGreaterThanOrEqual(400);
      expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
      expect((await refreshGrant(app.http, next.body.refresh_token, {}, basic(api.id, api.secret))).status).toBe(200);
    });

    it('is ended when its own client presents a spent token', async () => {
      const { subject, token } = await login('api');
      await refreshGrant(app.http, token, {}, basic(api.id, api.secret));
      app.clock.advance(31);
      expectOAuthError(await refreshGrant(app.http, token, {}, basic(api.id, api.secret)), 400, 'invalid_grant');
      expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'reuse' }]);
    });

    it("is refreshed by the host's own code that says which client it is", async () => {
      const { token } = await login('api');
      await expect(app.jwtRefresh.refresh(token)).rejects.toMatchObject({ code: 'refresh_token_invalid' });
      await expect(app.jwtRefresh.refresh(token, { clientId: 'nobody' })).rejects.toMatchObject({ code: 'refresh_token_invalid' });
      await expect(app.jwtRefresh.refresh(token, { clientId: api.id })).resolves.toMatchObject({ tokenType: 'Bearer' });
    });
  });
});

describeOnEveryAdapter('where the OAuth routes are', (stack) => {
  const statusOf = async (app: RunningApp, path: string) => (await app.http.postForm(path, '')).status;

  it('is below oauthPath and a global prefix, with and without a version, with a guard on every route', async () => {
    const prefixed = await stack.start(
      { oauthPath: '/id/oauth2/', globalGuard: true },
      { configure: (app) => app.setGlobalPrefix('api').enableVersioning() },
    );
    expect(await statusOf(prefixed, '/api/id/oauth2/token')).toBe(400);
    expect(await statusOf(prefixed, '/oauth/token')).toBe(404);
  });

  it('is nowhere without controllers.oauth', async () => {
    const without = await stack.start({ controllers: { oauth: false } });
    for (const route of ['token', 'revoke', 'introspect']) expect(await statusOf(without, `/oauth/${route}`)).toBe(404);
    expect((await without.http.get('/.well-known/oauth-authorization-server')).status).toBe(404);
  });
});
