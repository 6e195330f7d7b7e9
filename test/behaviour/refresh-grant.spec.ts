import { bearer } from '../support/http';
import { BrowserClient } from '../support/browser-client';
import { LoginController } from '../support/login.controller';
import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';

const LOGIN = '/login/grant';

describeOnEveryAdapter('the refresh grant on the login route', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start(
      {
        accessToken: { lifetime: '5m' },
        response: { accessTokenProp: 'token.access', refreshTokenProp: 'token.refresh' },
        hooks: { responseMembers: ({ subject: userId }) => ({ userId, expires_in: 'mine' }) },
      },
      { controllers: [LoginController] },
    );
  });
  beforeEach(() => {
    subject = newSubject();
  });

  const logIn = () => app.http.post(LOGIN, { username: subject });
  const grant = (token: unknown, more: object = {}, headers: Record<string, string> = {}) =>
    app.http.post(LOGIN, { grant_type: 'refresh_token', refresh_token: token, ...more }, headers);

  it('answers as the login does, with all new tokens and the members of the host', async () => {
    const login = await logIn();
    app.clock.advance('5m');
    const refresh = await grant(login.body.token.refresh, { client_id: 'my-app' }, bearer(login.body.token.access));
    for (const answer of [login, refresh]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('authorization')).toBe(`Bearer ${answer.body.token.access}`);
      expect(answer.body).toEqual({
        userId: subject,
        token: { access: expect.any(String), refresh: expect.any(String) },
        token_type: 'Bearer',
        expires_in: 300,
        refresh_expires_in: 1_209_600,
      });
    }
    expect(refresh.body.token.access).not.toBe(login.body.token.access);
    expect(refresh.body.token.refresh).not.toBe(login.body.token.refresh);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1 }]);
  });

  it('takes JSON and forms, and the same successor goes to a second request', async () => {
    const { token } = (await logIn()).body;
    const first = await app.http.postForm(LOGIN, `grant_type=refresh_token&refresh_token=${token.refresh}&client_id=x`);
    const second = await grant(token.refresh);
    expect(second.body.token.refresh).toBe(first.body.token.refresh);
  });

  it.each([
    ['refresh_token_invalid', 401, async () => 'junk'],
    ['refresh_token_missing', 400, async () => undefined],
    ['refresh_token_missing', 400, async () => ['a', 'b']],
    ['refresh_token_revoked', 401, async (token: string) => (await app.jwtRefresh.revokeAll(subject), token)],
    ['refresh_token_reused', 401, async (token: string) => (await grant(token), app.clock.advance(30), token)],
  ])('refuses as the refresh route does: %s', async (code, status, spoil) => {
    const { token } = (await logIn()).body;
    expect(await grant(await spoil(token.refresh as string))).toMatchObject({ status, body: { code } });
  });

  it('holds a genuine access token in the header to the session', async () => {
    const { token } = (await logIn()).body;
    const other = await app.login(newSubject());
    expect((await grant(token.refresh, {}, bearer(other.accessToken))).body.code).toBe('access_token_invalid');
    expect((await grant(token.refresh, {}, bearer('forged'))).status).toBe(200);
  });

  it.each([
    ['another grant', { grant_type: 'password', username: 'x' }],
    ['two grants', { grant_type: ['refresh_token', 'refresh_token'] }],
    ['a grant in capitals', { grant_type: 'REFRESH_TOKEN' }],
    ['no grant', { refresh_token: 'x' }],
  ])('leaves %s to the handler and its pipes', async (_, body) => {
    const answer = await app.http.post(LOGIN, body);
    expect(answer.status).toBe(400);
    expect(answer.body).not.toHaveProperty('code');
  });

  it('never reads the grant or the token from the query', async () => {
    const { token } = (await logIn()).body;
    const answer = await app.http.post(`${LOGIN}?grant_type=refresh_token&refresh_token=${token.refresh}`, { username: subject });
    expect(await app.rows(subject)).toMatchObject([{ generation: 0 }, { generation: 0 }]);
    expect(answer.status).toBe(200);
  });

  it("lets the host's own errors pass as they are", async () => {
    expect((await app.http.post('/login/busy', {})).status).toBe(429);
  });

  it('works by cookie, where the body has the grant and no token', async () => {
    const byCookie = await stack.start({ transport: 'cookie' }, { controllers: [LoginController] });
    const browser = new BrowserClient(byCookie.http);
    await browser.post(LOGIN, { username: subject });
    const answer = await browser.post(LOGIN, { grant_type: 'refresh_token' });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('refresh_token');
    expect(await byCookie.rows(subject)).toMatchObject([{ generation: 1 }]);
  });
});
