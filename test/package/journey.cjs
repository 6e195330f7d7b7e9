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

  const foreign = { 'X-Requested-With': 'fetch', 'Sec-Fetch-Site': 'cross-site' };
  assert.equal((await byCookie('/auth/jwt-refresh', cookieOf(login), foreign)).status, 403);
  const refreshed = await byCookie('/auth/jwt-refresh', cookieOf(login));
  assert.equal(refreshed.status, 200);
  assert.equal((await byCookie('/auth/logout', cookieOf(refreshed))).status, 204);
  const late = await byCookie('/auth/jwt-refresh', cookieOf(refreshed));
  assert.deepEqual([late.status, late.body.code], [401, 'refresh_token_revoked']);
  assert.match(late.headers.get('set-cookie'), /^__Host-refresh_token=; Max-Age=0;/);
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

async function send(url, init) {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}
