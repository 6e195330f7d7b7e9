import { type Answer, bearer } from '../support/http';
import { basic, CLIENTS, expectOAuthError, refreshGrant, type SentParameters, sendOAuth } from '../support/oauth';
import { describeOnEveryAdapter, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const EMPTY = { status: 200, body: '', cache: 'no-store' };

const shapeOf = ({ status, body, headers }: Answer) => ({ status, body, cache: headers.get('cache-control') });

describeOnEveryStack('POST /oauth/revoke (RFC 7009)', (stack) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await stack.start({ audit: { enabled: false } });
  });

  const revoke = (token: string, more: SentParameters = {}) => sendOAuth(app.http, 'revoke', { token, ...more });

  it.each(['form', 'json'] as const)('ends the session of a refresh token, and its access tokens with it (§2.1), as %s', async (kind) => {
    const subject = newSubject();
    const { refreshToken, accessToken } = await app.login(subject);
    const other = await app.login(subject);
    expect(shapeOf(await sendOAuth(app.http, 'revoke', { token: refreshToken }, {}, kind))).toEqual(EMPTY);
    expectOAuthError(await refreshGrant(app.http, refreshToken), 400, 'invalid_grant');
    expect((await app.http.get('/strict', bearer(accessToken))).body.code).toBe('access_token_revoked');
    expect((await refreshGrant(app.http, other.refreshToken)).status).toBe(200);
    expect((await app.rows(subject))[0]).toMatchObject({ revokedReason: 'logout', revokedBy: subject });
  });

  it('ends the session of a spent refresh token', async () => {
    const { refreshToken } = await app.login(newSubject());
    const next = await refreshGrant(app.http, refreshToken);
    app.clock.advance(31);
    expect(shapeOf(await revoke(refreshToken))).toEqual(EMPTY);
    expectOAuthError(await refreshGrant(app.http, next.body.refresh_token), 400, 'invalid_grant');
  });

  it('ends the session of a live access token (§2.1), and does nothing for an expired one', async () => {
    const live = await app.login(newSubject());
    expect(shapeOf(await revoke(live.accessToken))).toEqual(EMPTY);
    expectOAuthError(await refreshGrant(app.http, live.refreshToken), 400, 'invalid_grant');
    const expired = await app.login(newSubject());
    app.clock.advance('30m');
    expect(shapeOf(await revoke(expired.accessToken))).toEqual(EMPTY);
    expect((await refreshGrant(app.http, expired.refreshToken)).status).toBe(200);
  });

  it.each(['refresh_token', 'access_token', 'nonsense', '', 'x'.repeat(5000)])('finds the token whatever the hint is (%.20p)', async (hint) => {
    const subject = newSubject();
    const { refreshToken, accessToken } = await app.login(subject);
    const other = await app.login(subject);
    expect(shapeOf(await revoke(refreshToken, { token_type_hint: hint }))).toEqual(EMPTY);
    expect(shapeOf(await revoke(other.accessToken, { token_type_hint: hint }))).toEqual(EMPTY);
    expect((await app.rows(subject)).map(({ revokedReason }) => revokedReason)).toEqual(['logout', 'logout']);
    expect(shapeOf(await revoke(accessToken, { token_type_hint: hint }))).toEqual(EMPTY);
  });

  it('answers a token that is unknown, forged or revoked as one that was live (§2.2), and junk without a query', async () => {
    const { refreshToken, accessToken } = await app.login(newSubject());
    const junk = ['junk', 'jrt_junk', 'a.b.c', `${refreshToken}x`, `${accessToken.slice(0, -4)}AAAA`, 'x'.repeat(50_000)];
    const statements = await app.statements.during(async () => {
      for (const token of junk) expect(shapeOf(await revoke(token))).toEqual(EMPTY);
    });
    expect(statements).toEqual([]);
    expect((await app.http.get('/strict', bearer(accessToken))).status).toBe(200);
    for (let i = 0; i < 2; i++) expect(shapeOf(await revoke(refreshToken))).toEqual(EMPTY);
  });

  it('answers two at once alike, and records one revocation', async () => {
    const audited = await stack.start();
    const subject = newSubject();
    const { refreshToken } = await audited.login(subject);
    const answers = await Promise.all([1, 2].map(() => sendOAuth(audited.http, 'revoke', { token: refreshToken })));
    expect(answers.map(shapeOf)).toEqual([EMPTY, EMPTY]);
    const events = await audited.audit(subject);
    expect(events.filter(({ type }) => type === 'refresh_token.revoked')).toMatchObject([{ reason: 'logout', actor: subject }]);
  });

  it('is one SELECT and one UPDATE', async () => {
    const { refreshToken } = await app.login(newSubject());
    expect(await app.statements.during(() => revoke(refreshToken))).toEqual(['SELECT', 'UPDATE']);
  });
});

describeOnEveryAdapter('a request to POST /oauth/revoke', (stack) => {
  let app: RunningApp;
  let open: RunningApp;
  const { api, any, odd, spa } = CLIENTS;

  beforeAll(async () => {
    app = await stack.start({ oauth: { clients: [...CLIENTS.options] } });
    open = await stack.start();
  });

  it.each(['', 'token=', 'token[]=x', 'token=x&token=x', 'token[a]=x', 'token_type_hint=x', 'token=x&token_type_hint=a&token_type_hint=b'])(
    'is invalid_request for the form %p',
    async (form) => {
      expectOAuthError(await sendOAuth(open.http, 'revoke', form), 400, 'invalid_request');
    },
  );

  it('is invalid_request for a token in the query, which is never read', async () => {
    const subject = newSubject();
    const { refreshToken } = await open.login(subject);
    expectOAuthError(await open.http.postForm(`/oauth/revoke?token=${refreshToken}`, ''), 400, 'invalid_request');
    expect((await open.http.get(`/oauth/revoke?token=${refreshToken}`)).status).toBe(404);
    expect(await open.rows(subject)).toMatchObject([{ revokedAt: null }]);
  });

  it('is invalid_client without a known client, where there are clients (§2.1)', async () => {
    const subject = newSubject();
    const { refreshToken: token } = await app.login(subject, { audience: 'api' });
    expectOAuthError(await sendOAuth(app.http, 'revoke', { token }), 401, 'invalid_client');
    expectOAuthError(await sendOAuth(app.http, 'revoke', { token }, basic(api.id, 'wrong')), 401, 'invalid_client');
    expect(await app.rows(subject)).toMatchObject([{ revokedAt: null }]);
  });

  it("leaves another client's session alone, with the same answer (§2.1, §2.2)", async () => {
    const subject = newSubject();
    const { refreshToken, accessToken } = await app.login(subject, { audience: 'api' });
    for (const token of [refreshToken, accessToken]) {
      expect(shapeOf(await sendOAuth(app.http, 'revoke', { token }, basic(odd.id, odd.secret)))).toEqual(EMPTY);
      expect(shapeOf(await sendOAuth(app.http, 'revoke', { token }, basic(any.id, any.secret)))).toEqual(EMPTY);
      expect(shapeOf(await sendOAuth(app.http, 'revoke', { token, client_id: spa.id }))).toEqual(EMPTY);
      expect(await app.rows(subject)).toMatchObject([{ revokedAt: null }]);
    }
    expect(shapeOf(await sendOAuth(app.http, 'revoke', { token: accessToken }, basic(api.id, api.secret)))).toEqual(EMPTY);
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
  });

  it('from a public client ends the sessions of its audiences', async () => {
    const subject = newSubject();
    const own = await app.login(subject, { audience: 'web' });
    const other = await app.login(subject, { audience: 'anything' });
    for (const { refreshToken } of [own, other]) await sendOAuth(app.http, 'revoke', { token: refreshToken, client_id: spa.id });
    expect((await app.rows(subject)).map(({ revokedReason }) => revokedReason)).toEqual(['logout', null]);
  });
});

describeOnEveryAdapter('a token of an older system', (stack) => {
  const { api, odd } = CLIENTS;
  const yesterday = new Date(Date.now() - 86_400_000);
  let app: RunningApp;

  beforeAll(async () => {
    app = await stack.start({
      oauth: { clients: [...CLIENTS.options] },
      hooks: {
        adoptLegacyToken: (token) =>
          token.startsWith('old-') ? { subject: token, audience: 'api', content: { scope: 'read write' }, issuedAt: yesterday } : null,
      },
    });
  });

  it('is adopted for its client alone, with the scope that was asked for', async () => {
    const token = `old-${newSubject()}`;
    expectOAuthError(await refreshGrant(app.http, token, {}, basic(odd.id, odd.secret)), 400, 'invalid_grant');
    expect((await app.http.refresh(token)).body.code).toBe('refresh_token_invalid');
    expectOAuthError(await refreshGrant(app.http, token, { scope: 'admin' }, basic(api.id, api.secret)), 400, 'invalid_scope');
    expect(await app.rows(token)).toEqual([]);
    const adopted = await refreshGrant(app.http, token, { scope: 'read' }, basic(api.id, api.secret));
    expect(adopted).toMatchObject({ status: 200, body: { scope: 'read' } });
    expect(await app.rows(token)).toMatchObject([{ content: { scope: 'read write' } }]);
  });

  it('is spent by its client alone', async () => {
    const token = `old-${newSubject()}`;
    expect(shapeOf(await sendOAuth(app.http, 'revoke', { token }, basic(odd.id, odd.secret)))).toEqual(EMPTY);
    expect(await app.rows(token)).toEqual([]);
    expect(shapeOf(await sendOAuth(app.http, 'revoke', { token }, basic(api.id, api.secret)))).toEqual(EMPTY);
    expect(await app.rows(token)).toMatchObject([{ revokedReason: 'logout' }]);
    expectOAuthError(await refreshGrant(app.http, token, {}, basic(api.id, api.secret)), 400, 'invalid_grant');
  });
});
