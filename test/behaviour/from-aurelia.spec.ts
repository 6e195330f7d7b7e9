import type { JwtRefreshOptions } from 'nestjs-jwt-refresh';
import { bearer } from '../support/http';
import { LoginController } from '../support/login.controller';
import { ProbeController } from '../support/probe.controller';
import { describeOnEveryAdapter, newSubject } from '../support/stack';

/** The requests that aurelia-authentication sends, with the server settings of docs/from-aurelia.md. */
describeOnEveryAdapter('for aurelia-authentication', (stack) => {
  let subject: string;

  beforeEach(() => {
    subject = newSubject();
  });

  const start = (options: Partial<JwtRefreshOptions> = {}) => stack.start(options, { controllers: [ProbeController, LoginController] });

  it('the defaults suit its defaults: the login URL takes the login and the refresh, with or without a client_id', async () => {
    const app = await start();
    const login = await app.http.post('/login/grant', { username: subject });
    expect(login.body).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) });
    app.clock.advance(1800);
    const first = await app.http.post('/login/grant', { grant_type: 'refresh_token', refresh_token: login.body.refresh_token });
    const body = { grant_type: 'refresh_token', client_id: 'web-app', refresh_token: first.body.refresh_token };
    const second = await app.http.post('/login/grant', body, bearer(first.body.access_token));
    expect((await app.http.get('/me', bearer(second.body.access_token))).body).toMatchObject({ sub: subject, gen: 2 });
  });

  it('refreshTokenUrl may be the refresh route', async () => {
    const app = await start();
    const { refreshToken } = await app.login(subject);
    expect((await app.http.post('/auth/jwt-refresh', { grant_type: 'refresh_token', refresh_token: refreshToken })).status).toBe(200);
  });

  it.each([
    ['token', 'refresh_token.token', { refresh_token: { token: expect.any(String) as string } }],
    ['token', 'auth.tokens.refresh', { auth: { tokens: { refresh: expect.any(String) as string } } }],
  ])('tokens may be nested: %s and %s', async (accessTokenProp, refreshTokenProp, expected) => {
    const app = await start({ response: { accessTokenProp, refreshTokenProp }, request: { refreshTokenParam: 'renewal' } });
    const { refreshToken } = await app.login(subject);
    const answer = await app.http.post('/login/grant', { grant_type: 'refresh_token', renewal: refreshToken });
    expect(answer.body).toMatchObject({ ...expected, token: expect.any(String) });
  });

  it('a logout by POST without a body ends the session of its access token', async () => {
    const app = await start();
    const { accessToken, refreshToken } = await app.login(subject);
    expect((await app.http.post('/auth/logout', undefined, bearer(accessToken))).status).toBe(204);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_revoked');
  });

  it('two tabs that refresh at once both stay signed in', async () => {
    const app = await start();
    const { refreshToken } = await app.login(subject);
    const refresh = () => app.http.post('/login/grant', { grant_type: 'refresh_token', refresh_token: refreshToken });
    const [one, two] = await Promise.all([refresh(), refresh()]);
    expect(one.body.refresh_token).toBe(two.body.refresh_token);
    expect([one.status, two.status]).toEqual([200, 200]);
  });
});
