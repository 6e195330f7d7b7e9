const assert = require('node:assert/strict');

/** A user's day: log in, use a guarded route, refresh, lose the answer and ask again, log out. */
exports.journey = async (url) => {
  const login = await post(`${url}/login`, { subject: 'alice' });
  assert.equal(login.status, 201);
  assert.equal(login.headers.get('cache-control'), 'no-store');

  assert.equal((await get(`${url}/me`)).status, 401);
  assert.deepEqual((await get(`${url}/me`, login.body.access_token)).body, { sub: 'alice' });

  const refresh = (token) => post(`${url}/auth/jwt-refresh`, { refresh_token: token });
  const first = await refresh(login.body.refresh_token);
  assert.equal(first.status, 200);
  assert.notEqual(first.body.refresh_token, login.body.refresh_token);
  const again = await refresh(login.body.refresh_token);
  assert.equal(again.body.refresh_token, first.body.refresh_token);

  const sessions = await get(`${url}/auth/sessions`, again.body.access_token);
  assert.equal(sessions.body.data.length, 1);

  const logout = await post(`${url}/auth/logout`, { refresh_token: again.body.refresh_token });
  assert.equal(logout.status, 204);
  const late = await refresh(again.body.refresh_token);
  assert.deepEqual([late.status, late.body.code], [401, 'refresh_token_revoked']);
  assert.equal((await get(`${url}/me`, again.body.access_token)).status, 401);
};

/** The same day in a browser that keeps the refresh token in a cookie, and a request of another site. */
exports.cookieJourney = async (url) => {
  const byCookie = (path, cookie, headers = { 'X-Requested-With': 'fetch' }) =>
    send(url + path, { method: 'POST', headers: { ...headers, Cookie: cookie } });
  const cookieOf = ({ headers }) => headers.get('set-cookie').split(';', 1)[0];
  const login = await post(`${url}/login`, { subject: 'alice' }, undefined, { 'X-Requested-With': 'fetch' });
  assert.equal(login.body.refresh_token, undefined);
  assert.match(
    login.headers.get('set-cookie'),
    /^__Host-refresh_token=jrt_[^;]+; Max-Age=1209(600|599); Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );

  for (const foreign of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { Origin: 'https://evil.example' }]) {
    assert.equal((await byCookie('/auth/jwt-refresh', cookieOf(login), { 'X-Requested-With': 'fetch', ...foreign })).status, 403);
  }
  const refreshed = await byCookie('/auth/jwt-refresh', cookieOf(login));
  assert.equal(refreshed.status, 200);
  assert.equal((await byCookie('/auth/logout', cookieOf(refreshed))).status, 204);
  const late = await byCookie('/auth/jwt-refresh', cookieOf(refreshed));
  assert.deepEqual([late.status, late.body.code], [401, 'refresh_token_revoked']);
  assert.match(late.headers.get('set-cookie'), /^__Host-refresh_token=; Max-Age=0;/);
};

/** The same session by the other doors: the login route with the refresh grant, and OAuth's. */
exports.grantJourney = async (url) => {
  const grant = (token) => ({ grant_type: 'refresh_token', refresh_token: token });
  const login = await post(`${url}/login-or-refresh`, { subject: 'dave' });
  const renewed = await post(`${url}/login-or-refresh`, grant(login.body.refresh_token));
  assert.deepEqual(Object.keys(renewed.body), Object.keys(login.body));
  assert.deepEqual((await get(`${url}/me`, renewed.body.access_token)).body, { sub: 'dave' });

  const token = await postForm(`${url}/oauth/token`, grant(renewed.body.refresh_token));
  assert.deepEqual([token.status, token.body.token_type], [200, 'Bearer']);
  const twice = await postForm(`${url}/oauth/token`, `grant_type=refresh_token&grant_type=refresh_token&refresh_token=${token.body.refresh_token}`);
  assert.deepEqual([twice.status, twice.body.error], [400, 'invalid_request']);
  assert.equal((await postForm(`${url}/oauth/introspect`, { token: token.body.access_token })).status, 401);
  assert.equal((await postForm(`${url}/oauth/revoke`, { token: token.body.access_token })).status, 200);
  const late = await postForm(`${url}/oauth/token`, grant(token.body.refresh_token));
  assert.deepEqual([late.status, late.body.error], [400, 'invalid_grant']);

  assert.deepEqual((await get(`${url}/.well-known/jwks.json`)).body, { keys: [] });
  assert.equal((await get(`${url}/.well-known/oauth-authorization-server`)).body.token_endpoint, 'https://host.example/oauth/token');
};

/** A user's with the client: log in, refresh, look at the own sessions, log out. */
exports.clientJourney = async (url, { createAuthClient }) => {
  const auth = createAuthClient({ baseUrl: url, mode: 'body', paths: { login: 'login' } });
  const { access_token: first } = await auth.login({ subject: 'carol' });
  assert.equal(auth.state.status, 'signed-in');
  assert.notEqual(await auth.refresh(), first);
  assert.deepEqual(await auth.fetch('/me').then((response) => response.json()), { sub: 'carol' });
  assert.equal((await auth.sessions.list()).length, 1);
  assert.equal(await auth.logout(), true);
  assert.equal((await auth.fetch('/me')).status, 401);
  auth.dispose();
};

/** An administrator's: look at the list, make a key that works, open the page with its script. */
exports.administration = async (url) => {
  const admin = `${url}/admin/refresh-tokens`;
  const user = await post(`${url}/login`, { subject: 'alice' });
  assert.equal((await get(admin, user.body.access_token)).status, 403);

  const { body } = await post(`${url}/login`, { subject: 'admin' });
  assert.equal((await get(admin, body.access_token)).body.data[0].subject, 'admin');
  const key = await post(admin, { audience: 'web', lifetime: '1d' }, body.access_token);
  assert.equal((await post(`${url}/auth/jwt-refresh`, { refresh_token: key.body.token })).status, 200);

  const page = await fetch(`${admin}/dashboard`);
  const [, script] = /src="([^"]+\.js)"/.exec(await page.text());
  assert.equal((await fetch(new URL(script, `${admin}/dashboard`))).status, 200);
};

const get = (url, token) => send(url, { headers: token ? { Authorization: `Bearer ${token}` } : {} });

const post = (url, body, token, headers = {}) =>
  send(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }), ...headers },
    body: JSON.stringify(body),
  });

const postForm = (url, form) => send(url, { method: 'POST', body: new URLSearchParams(form) });

async function send(url, init) {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}
