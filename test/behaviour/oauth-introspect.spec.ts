import { signTestToken } from 'nestjs-jwt-refresh/testing';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { bearer } from '../support/http';
import { basic, CLIENTS, expectOAuthError, refreshGrant, sendOAuth } from '../support/oauth';
import { describeOnEveryAdapter, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const { any, api, spa } = CLIENTS;
const INACTIVE = { active: false };
const options = { oauth: { clients: [...CLIENTS.options] } };

describeOnEveryStack('POST /oauth/introspect (RFC 7662)', (stack) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await stack.start({ ...options, audit: { enabled: false } });
  });

  const introspect = async (token: string, client: { id: string; secret: string } = any) => {
    const { status, headers, body } = await sendOAuth(app.http, 'introspect', { token }, basic(client.id, client.secret));
    expect({ status, cache: headers.get('cache-control') }).toEqual({ status: 200, cache: 'no-store' });
    return body;
  };

  it('tells what an access token is (§2.2)', async () => {
    const subject = newSubject();
    const { accessToken, sessionId } = await app.login(subject, { content: { scope: 'read write', role: 'user' } });
    const { iat, nbf, exp, jti } = (await app.http.get('/me', bearer(accessToken))).body;
    expect(await introspect(accessToken)).toEqual({
      active: true,
      token_type: 'Bearer',
      sub: subject,
      aud: 'test',
      iss: 'https://test.example',
      sid: sessionId,
      scope: 'read write',
      ...{ iat, nbf, exp, jti },
    });
  });

  it('tells what a refresh token is (§2.2), without the token_type of an access token', async () => {
    const subject = newSubject();
    const { refreshToken, sessionId } = await app.login(subject, { audience: 'anything' });
    const now = Math.floor(app.clock.now() / 1000);
    const described = { active: true, sub: subject, aud: 'anything', iss: 'https://test.example', sid: sessionId };
    expect(await introspect(refreshToken)).toEqual({ ...described, iat: now, exp: now + 14 * 86_400, jti: `${sessionId}.0` });
    app.clock.advance('1h');
    const next = await refreshGrant(app.http, refreshToken, {}, basic(any.id, any.secret));
    expect(await introspect(next.body.refresh_token)).toEqual({
      ...described,
      iat: now + 3600,
      exp: now + 3600 + 14 * 86_400,
      jti: `${sessionId}.1`,
    });
  });

  it('tells nothing but that of a token that is not active', async () => {
    const live = await app.login(newSubject());
    const revoked = await app.login(newSubject());
    await app.http.logout(revoked.refreshToken);
    for (const token of [revoked.refreshToken, revoked.accessToken]) expect(await introspect(token)).toEqual(INACTIVE);
    const ghost = await signTestToken(app.app);
    for (const token of ['junk', 'jrt_junk', 'a.b.c', `${live.accessToken}x`, `${live.refreshToken}x`, ghost]) {
      expect(await introspect(token)).toEqual(INACTIVE);
    }
    const { refreshToken, accessToken } = await app.login(newSubject());
    app.clock.advance('30m');
    expect(await introspect(accessToken)).toEqual(INACTIVE);
    app.clock.advance('14d');
    expect(await introspect(refreshToken)).toEqual(INACTIVE);
  });

  it('changes nothing: a spent token is not active, inside the grace period and after it, and its family lives on', async () => {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    const next = await refreshGrant(app.http, refreshToken, {}, basic(any.id, any.secret));
    const before = await app.rows(subject);
    expect(await introspect(refreshToken)).toEqual(INACTIVE);
    app.clock.advance(31);
    expect(await introspect(refreshToken)).toEqual(INACTIVE);
    expect(await introspect(next.body.refresh_token)).toMatchObject({ active: true });
    expect(await app.rows(subject)).toEqual(before);
    expect((await refreshGrant(app.http, next.body.refresh_token, {}, basic(any.id, any.secret))).status).toBe(200);
  });

  it('tells nobody', async () => {
    const audited = await stack.start(options);
    const subject = newSubject();
    const { refreshToken, accessToken } = await audited.login(subject);
    await audited.http.logout(refreshToken);
    for (const token of [refreshToken, accessToken]) await sendOAuth(audited.http, 'introspect', { token }, basic(any.id, any.secret));
    expect((await audited.audit(subject)).map(({ type }) => type)).toEqual(['refresh_token.issued', 'refresh_token.revoked']);
  });

  it('knows nothing of audiences that are not the client’s', async () => {
    const own = await app.login(newSubject(), { audience: 'api' });
    const other = await app.login(newSubject());
    for (const token of [own.refreshToken, own.accessToken]) expect(await introspect(token, api)).toMatchObject({ active: true });
    for (const token of [other.refreshToken, other.accessToken]) expect(await introspect(token, api)).toEqual(INACTIVE);
  });

  it('is one SELECT for a token of either kind, none for junk', async () => {
    const { refreshToken, accessToken } = await app.login(newSubject());
    expect(await app.statements.during(() => introspect(refreshToken))).toEqual(['SELECT']);
    expect(await app.statements.during(() => introspect(accessToken))).toEqual(['SELECT']);
    expect(await app.statements.during(() => introspect('jrt_junk'))).toEqual([]);
  });
});

describeOnEveryAdapter('a request to POST /oauth/introspect', (stack) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await stack.start(options);
  });

  it.each<[string, object, Record<string, string>]>([
    ['nobody', {}, {}],
    ['an unknown client', {}, basic('nobody', 'x')],
    ['a wrong secret', {}, basic(api.id, 'wrong')],
    ['a public client', { client_id: spa.id }, {}],
  ])('from %s is invalid_client (§2.1)', async (_, parameters, headers) => {
    const { accessToken: token } = await app.login(newSubject());
    const answer = await sendOAuth(app.http, 'introspect', { token, ...parameters }, headers);
    expectOAuthError(answer, 401, 'invalid_client');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
    expectOAuthError(await sendOAuth(app.http, 'introspect', { token }, bearer(token)), 401, 'invalid_client');
  });

  it('is invalid_client where there are no clients, or only public ones: introspection is closed by default', async () => {
    for (const clients of [[], [{ id: spa.id, public: true }]]) {
      const closed = await stack.start({ oauth: { clients } });
      const { accessToken: token } = await closed.login(newSubject());
      expectOAuthError(await sendOAuth(closed.http, 'introspect', { token }), 401, 'invalid_client');
      expectOAuthError(await sendOAuth(closed.http, 'introspect', { token, client_id: spa.id }), 401, 'invalid_client');
    }
  });

  it.each(['', 'token=', 'token[]=x', 'token=x&token=x', 'token_type_hint=access_token'])('is invalid_request for the form %p', async (form) => {
    expectOAuthError(await sendOAuth(app.http, 'introspect', form, basic(any.id, any.secret)), 400, 'invalid_request');
  });

  it('proves the client by the body too, in JSON too, and ignores the hint', async () => {
    const { accessToken: token } = await app.login(newSubject());
    const parameters = { token, client_id: any.id, client_secret: any.secret, token_type_hint: 'refresh_token' };
    for (const kind of ['form', 'json'] as const) {
      expect((await sendOAuth(app.http, 'introspect', parameters, {}, kind)).body).toMatchObject({ active: true });
    }
  });

  it('asks the database whatever the guards do', async () => {
    const stateless = await stack.start({ ...options, revocation: { check: 'stateless' } });
    const { accessToken: token, refreshToken } = await stateless.login(newSubject());
    await stateless.http.logout(refreshToken);
    expect((await stateless.http.get('/me', bearer(token))).status).toBe(200);
    expect((await sendOAuth(stateless.http, 'introspect', { token }, basic(any.id, any.secret))).body).toEqual(INACTIVE);
  });

  it('hears resolveSubject: who is refused has no active token of either kind, and what it adds is the scope', async () => {
    const resolveSubject = ({ subject }: { subject: string }) => (subject.startsWith('gone') ? null : { scope: 'added' });
    const hooked = await stack.start({ ...options, hooks: { resolveSubject } });
    const gone = await hooked.login(`gone-${newSubject()}`);
    const here = await hooked.login(newSubject(), { content: { scope: 'read' } });
    const foreign = await hooked.login(`gone-${newSubject()}`, { audience: 'odd' });
    expect((await sendOAuth(hooked.http, 'introspect', { token: foreign.refreshToken }, basic(api.id, api.secret))).body).toEqual(INACTIVE);
    const introspect = async (token: string) => (await sendOAuth(hooked.http, 'introspect', { token }, basic(any.id, any.secret))).body;
    expect(await introspect(gone.refreshToken)).toEqual(INACTIVE);
    expect(await introspect(gone.accessToken)).toEqual(INACTIVE);
    expect(await introspect(here.accessToken)).toMatchObject({ active: true, scope: 'read' });
    expect(await introspect(here.refreshToken)).toMatchObject({ active: true, scope: 'added' });
  });

  it('tells of a key of an administrator, also of one that does not rotate', async () => {
    const keyed = await stack.start({ ...options, admin: ADMINISTRATORS });
    const admin = await AdminClient.signIn(keyed, newSubject());
    for (const rotates of [true, false]) {
      const { body } = await admin.post('', { audience: 'anything', lifetime: '90d', rotates });
      const { refresh_token: token } = (await refreshGrant(keyed.http, body.token as string, {}, basic(any.id, any.secret))).body;
      const answer = await sendOAuth(keyed.http, 'introspect', { token }, basic(any.id, any.secret));
      expect(answer.body).toMatchObject({ active: true, sid: body.id, sub: `key:${body.id}` });
    }
  });
});
