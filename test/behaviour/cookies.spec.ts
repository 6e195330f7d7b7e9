import { HttpException } from '@nestjs/common';
import { type CookieOptions, JwtRefreshError, type JwtRefreshHooks, type RefreshTokenTransport } from 'nestjs-jwt-refresh';
import { parseSetCookie } from 'cookie';
import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { BrowserClient } from '../support/browser-client';
import { bearer } from '../support/http';
import { LoginController } from '../support/login.controller';
import { describeOnEveryAdapter, describeOnEveryStack, newSubject, type RunningApp, type Stack } from '../support/stack';

const NAME = '__Host-refresh_token';
const controllers = [LoginController];

const startBy = (stack: Stack, transport: RefreshTokenTransport, cookie: CookieOptions = {}, hooks: JwtRefreshHooks = {}) =>
  stack.start({ transport, cookie, hooks }, { controllers });

/** As curl does: unlike fetch, it does not say how long nothing is. @returns the cookies of the answer */
async function postNothing(url: string, headers: OutgoingHttpHeaders): Promise<string[] | undefined> {
  const outgoing = request(url, { method: 'POST', headers });
  outgoing.useChunkedEncodingByDefault = false;
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.resume();
  return incoming.headers['set-cookie'];
}

const cookiesOf = (answer: { headers: Headers }) => answer.headers.getSetCookie().map((line) => parseSetCookie(line));

describeOnEveryStack('the cookie transport', (stack) => {
  let app: RunningApp;
  let subject: string;
  let browser: BrowserClient;
  let accountIsOpen = true;
  let hook: JwtRefreshHooks['beforeRotate'];

  beforeAll(async () => {
    app = await startBy(stack, 'cookie', {}, { resolveSubject: () => (accountIsOpen ? {} : null), beforeRotate: (session) => hook?.(session) });
  });
  beforeEach(() => {
    subject = newSubject();
    browser = new BrowserClient(app.http);
    accountIsOpen = true;
    hook = undefined;
  });

  const logIn = () => browser.post('/login', { username: subject });
  const expectUntouched = async () => expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);

  it('sets one cookie that scripts can not read and other sites and hosts can not use, no longer than the session', async () => {
    const answer = await logIn();
    expect(answer.status).toBe(201);
    expect(cookiesOf(answer)).toEqual([
      { name: NAME, value: browser.cookies.get(NAME), maxAge: 1_209_600, path: '/', httpOnly: true, secure: true, sameSite: 'strict' },
    ]);
    expect(cookiesOf(answer)[0]!.maxAge).toBe(answer.body.refresh_expires_in);
  });

  it('never has the refresh token in a body or another header, at login and at each refresh', async () => {
    const answers = [await logIn(), await browser.refresh(), await browser.refresh()];
    for (const { body, headers } of answers) {
      expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'expires_in', 'refresh_expires_in']);
      const elsewhere = [JSON.stringify(body), ...[...headers].filter(([name]) => name !== 'set-cookie').flat()].join();
      expect(elsewhere).not.toContain('jrt_');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(await app.rows(subject)).toMatchObject([{ generation: 2 }]);
  });

  it('never has it in the body of a handler that forgets the interceptor', async () => {
    const { body, headers } = await browser.post('/login/bare', { username: subject });
    expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'expires_in', 'refresh_expires_in']);
    expect(headers.getSetCookie()).toEqual([]);
  });

  it('refreshes by the cookie alone, and gives the same successor to a tab that sends the spent one', async () => {
    await logIn();
    const first = browser.cookies.get(NAME)!;
    expect((await browser.refresh()).status).toBe(200);
    const second = browser.cookies.get(NAME)!;
    expect(second).not.toBe(first);
    browser.cookies.set(NAME, first);
    const again = await browser.refresh();
    expect(again.status).toBe(200);
    expect(browser.cookies.get(NAME)).toBe(second);
    expect((await app.jwtRefresh.verifyAccessToken(again.body.access_token)).sub).toBe(subject);
  });

  it('needs no body, and minds no type of one that is not there, with a length of 0 or with none', async () => {
    await logIn();
    for (const [generation, length] of [[1, { 'Content-Length': 0 }], [2, {}]] as const) {
      const headers = { 'Content-Type': 'application/json', 'X-Requested-With': 'curl', Cookie: `${NAME}=${browser.cookies.get(NAME)}`, ...length };
      const [line] = (await postNothing(`${app.http.url}/auth/jwt-refresh`, headers)) as [string];
      browser.cookies.set(NAME, parseSetCookie(line).value!);
      expect(await app.rows(subject)).toMatchObject([{ generation }]);
    }
  }); // prettier-ignore

  it('is the same after two requests that race, and neither answer takes it away', async () => {
    await logIn();
    const tabs = [browser, new BrowserClient(app.http)];
    tabs[1]!.cookies.set(NAME, browser.cookies.get(NAME)!);
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(tabs.map((tab) => tab.refresh()));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(new Set(answers.flatMap(cookiesOf).map(({ value }) => value)).size).toBe(1);
      expect(tabs[0]!.cookies).toEqual(tabs[1]!.cookies);
    }
    expect(await app.rows(subject)).toMatchObject([{ generation: 10, revokedAt: null }]);
  });

  it('takes no token from the body or the query', async () => {
    await logIn();
    const token = browser.cookies.get(NAME)!;
    browser.cookies.clear();
    for (const answer of [
      await browser.post('/auth/jwt-refresh', { refresh_token: token }),
      await browser.post(`/auth/jwt-refresh?refresh_token=${token}`),
    ]) {
      expect(answer).toMatchObject({ status: 400, body: { code: 'refresh_token_missing' } });
    }
    await expectUntouched();
  });

  it('ends at logout what a token in the body stands for, beside the session of the cookie', async () => {
    const first = await app.login(subject);
    expect((await browser.logout({ refresh_token: first.refreshToken })).status).toBe(204);
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
    const second = await app.login(subject);
    await logIn();
    expect((await browser.logout({ refresh_token: second.refreshToken })).status).toBe(204);
    expect((await app.rows(subject)).map(({ revokedReason }) => revokedReason)).toEqual(['logout', 'logout', 'logout']);
  });

  it('ends by a token in the body only what is of the user of the access token, if there is one', async () => {
    const { refreshToken } = await app.login(subject);
    const other = await app.login(newSubject());
    expect((await browser.logout({ refresh_token: refreshToken }, bearer(other.accessToken))).status).toBe(204);
    expect(await app.rows(subject)).toMatchObject([{ revokedAt: null }]);
  });

  it('reads "all" in the body at logout alone: a refresh is of the cookie, and no cookie is lost over it', async () => {
    await logIn();
    const answer = await browser.post('/auth/jwt-refresh', { refresh_token: 'all' });
    expect([answer.status, cookiesOf(answer)]).toMatchObject([200, [{ name: NAME }]]);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
  });

  it("keeps the host's own cookies", async () => {
    const answer = await browser.post('/login/with-cookie', { username: subject });
    expect(cookiesOf(answer).map(({ name }) => name)).toEqual(['theme', NAME]);
  });

  describe('clears the cookie, with the same name, path and attributes,', () => {
    const CLEARED = { name: NAME, value: '', maxAge: 0, path: '/', httpOnly: true, secure: true, sameSite: 'strict' };
    /** How a session ends, and what the next refresh is told. */
    const ENDS: [code: string, end: () => unknown][] = [
      ['refresh_token_revoked', () => app.jwtRefresh.revokeAll(subject)],
      ['refresh_token_expired', () => app.clock.advance('15d')],
      ['refresh_token_invalid', () => browser.cookies.set(NAME, 'junk')],
      [
        'refresh_token_reused',
        async () => {
          const spent = browser.cookies.get(NAME)!;
          await browser.refresh();
          await browser.refresh();
          browser.cookies.set(NAME, spent);
        },
      ],
    ];

    it.each(ENDS)('after the final verdict %s', async (code, end) => {
      await logIn();
      await end();
      const answer = await browser.refresh();
      expect(answer).toMatchObject({ status: 401, body: { code } });
      expect(cookiesOf(answer)).toEqual([CLEARED]);
      expect((await browser.refresh()).body.code).toBe('refresh_token_missing');
    });

    it('also where JwtRefreshGuard has the last word', async () => {
      await logIn();
      expect((await browser.post('/login/peek')).body).toMatchObject({ generation: 0 });
      await app.jwtRefresh.revokeAll(subject);
      const answer = await browser.post('/login/peek');
      expect(answer).toMatchObject({ status: 401, body: { code: 'refresh_token_revoked' } });
      expect(cookiesOf(answer)).toEqual([CLEARED]);
    });

    it('at logout, which ends the session; and is done again without harm', async () => {
      await logIn();
      const answer = await browser.logout();
      expect(answer.status).toBe(204);
      expect(cookiesOf(answer)).toEqual([CLEARED]);
      expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
      expect((await browser.logout()).status).toBe(204);
    });

    it("at logout of the browser's session, whoever's access token a tab still has", async () => {
      await logIn();
      const other = await app.login(newSubject());
      expect((await browser.logout(undefined, bearer(other.accessToken))).status).toBe(204);
      expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
      expect(browser.cookies.size).toBe(0);
    });

    it('at logout everywhere, which needs an access token', async () => {
      const { body } = await logIn();
      await app.login(subject);
      const refused = await browser.logout({ refresh_token: 'all' });
      expect(refused).toMatchObject({ status: 401, body: { code: 'access_token_missing' } });
      expect(refused.headers.getSetCookie()).toEqual([]);
      const answer = await browser.logout({ refresh_token: 'all' }, bearer(body.access_token));
      expect(answer.status).toBe(204);
      expect(cookiesOf(answer)).toEqual([CLEARED]);
      expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout_all' }, { revokedReason: 'logout_all' }]);
    });
  });

  describe('leaves the cookie alone', () => {
    const stays = async (answer: { headers: Headers }) => {
      expect(answer.headers.getSetCookie()).toEqual([]);
      accountIsOpen = true;
      hook = undefined;
      expect((await browser.refresh()).status).toBe(200);
    };

    it.each([403, 409, 429, 500, 503])('when a hook answers %i', async (status) => {
      await logIn();
      hook = () => {
        throw new HttpException('Not now', status);
      };
      const answer = await browser.refresh();
      expect(answer.status).toBe(status);
      await stays(answer);
    });

    it('when a token in the body of a logout could not be ended: then the session of the cookie is not over either', async () => {
      const adoptLegacyToken = () => Promise.reject(new HttpException('Not now', 503));
      const adopting = await startBy(stack, 'cookie', {}, { adoptLegacyToken });
      browser = new BrowserClient(adopting.http);
      await logIn();
      const answer = await browser.logout({ refresh_token: 'a token of an older system' });
      expect(answer.status).toBe(503);
      await stays(answer);
      await adopting.close();
    });

    it('when the database is away', async () => {
      await logIn();
      hook = () => {
        throw new JwtRefreshError('temporarily_unavailable');
      };
      const answer = await browser.refresh();
      expect(answer).toMatchObject({ status: 503, body: { code: 'temporarily_unavailable' } });
      await stays(answer);
    });

    it('when the account may not be used for now', async () => {
      await logIn();
      accountIsOpen = false;
      const answer = await browser.refresh();
      expect(answer).toMatchObject({ status: 401, body: { code: 'refresh_token_invalid' } });
      await stays(answer);
    });

    it('when an access token of another session came along', async () => {
      await logIn();
      const other = await app.login(newSubject());
      const answer = await browser.refresh(bearer(other.accessToken));
      expect(answer).toMatchObject({ status: 401, body: { code: 'access_token_invalid' } });
      await stays(answer);
    });

    it('when another host has set one whose name only looks alike: a space that a browser keeps is part of a name', async () => {
      await logIn();
      const { refreshToken } = await app.login(newSubject());
      const Cookie = `${NAME}=${browser.cookies.get(NAME)}`;
      const alone = await browser.refresh({ Cookie: `\u00a0${NAME}=${refreshToken}` });
      expect(alone).toMatchObject({ status: 400, body: { code: 'refresh_token_missing' } });
      expect((await browser.refresh({ Cookie: `\u00a0${NAME}=${refreshToken}; \t${Cookie}` })).status).toBe(200);
    });

    it('when another host of the domain has set a second one: neither is used, and no session ends', async () => {
      await logIn();
      const token = browser.cookies.get(NAME)!;
      const foreign = await app.login(newSubject());
      for (const Cookie of [
        `${NAME}=${foreign.refreshToken}; ${NAME}=${token}`,
        `${NAME}=${token}; ${NAME}=`,
        `${NAME}=${token}; ${NAME}=${token}`,
      ]) {
        for (const answer of [await browser.refresh({ Cookie }), await browser.logout(undefined, { Cookie })]) {
          expect(answer).toMatchObject({ status: 400, body: { code: 'refresh_token_missing' } });
          expect(answer.headers.getSetCookie()).toEqual([]);
        }
      }
      await expectUntouched();
    });
  });

  describe('refuses a request that another site may have caused', () => {
    const PATHS = ['/auth/jwt-refresh', '/auth/logout', '/login/grant', '/login/peek', '/login'];
    const CROSS_SITE = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' };

    it.each([
      ['without the header', { 'X-Requested-With': '' }],
      ['from another site', CROSS_SITE],
      ['from another origin of the same site', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.example.com' }],
      ['by a browser that tells no site, from another origin', { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' }],
      ['from nowhere', { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }],
    ])('%s, with 403, without a query, a hook or a change of cookies', async (_, headers) => {
      await logIn();
      await app.audit(subject);
      const statements = await app.statements.during(async () => {
        for (const path of PATHS) {
          const answer = await browser.post(path, { username: subject, grant_type: 'refresh_token' }, headers);
          expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'cross_site_request']);
          expect(answer.headers.getSetCookie()).toEqual([]);
        }
      });
      expect(statements).toEqual([]);
      await expectUntouched();
    });

    it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])('as a form of type %s', async (type) => {
      await logIn();
      for (const path of PATHS) {
        const answer = await browser.submitForm(path, `username=${subject}&grant_type=refresh_token`, type);
        expect([403, 415]).toContain(answer.status);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
      await expectUntouched();
    });

    it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('by %s, for which there is no route', async (method) => {
      await logIn();
      const headers = { Cookie: `${NAME}=${browser.cookies.get(NAME)}`, 'X-Requested-With': 'fetch' };
      for (const path of ['/auth/jwt-refresh', '/auth/logout']) {
        const answer = await app.http.send(method, path, { headers });
        expect([404, 405]).toContain(answer.status);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
      await expectUntouched();
    });
  });

  it('lets a redirect from a single sign-on set the cookie: its handler is a GET', async () => {
    const answer = await app.http.get('/login/callback', { 'Sec-Fetch-Site': 'cross-site' });
    expect(answer.status).toBe(200);
    expect(cookiesOf(answer)).toMatchObject([{ name: NAME }]);
  });

  it('opens no door by CORS', async () => {
    await logIn();
    for (const Origin of ['https://evil.example', 'null', '*']) {
      const preflight = await app.http.send('OPTIONS', '/auth/jwt-refresh', {
        headers: { Origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-requested-with' },
      });
      const answer = await browser.refresh({ Origin, 'Sec-Fetch-Site': 'cross-site' });
      for (const { headers } of [preflight, answer]) expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('has a cookie of the options, which may be for a page of another origin', async () => {
    const cookie = { name: '__Secure-rt', path: '/auth', domain: 'example.com', sameSite: 'lax', partitioned: true, header: 'X-App' } as const;
    const other = await startBy(stack, 'cookie', { ...cookie, origins: ['https://app.example.com'] });
    const page = new BrowserClient(other.http);
    const headers = { 'X-App': '1', 'X-Requested-With': '', 'Sec-Fetch-Site': 'same-site', Origin: 'https://app.example.com' };
    const answer = await page.post('/login', { username: subject }, headers);
    const attributes = {
      name: '__Secure-rt',
      path: '/auth',
      domain: 'example.com',
      sameSite: 'lax',
      partitioned: true,
      secure: true,
      httpOnly: true,
    };
    expect(cookiesOf(answer)).toMatchObject([attributes]);
    expect((await page.refresh(headers)).status).toBe(200);
    expect(cookiesOf(await page.logout(undefined, headers))).toEqual([{ ...attributes, value: '', maxAge: 0 }]);
    expect((await page.refresh({ ...headers, Origin: 'https://evil.example' })).body.code).toBe('cross_site_request');
  });
});

describeOnEveryAdapter('both transports', (stack) => {
  let app: RunningApp;
  let subject: string;
  let browser: BrowserClient;

  beforeAll(async () => {
    app = await startBy(stack, 'both');
  });
  beforeEach(() => {
    subject = newSubject();
    browser = new BrowserClient(app.http);
  });

  it('use the cookie for a request with the header', async () => {
    for (const answer of [await browser.post('/login', { username: subject }), await browser.refresh()]) {
      expect(answer.body).not.toHaveProperty('refresh_token');
      expect(cookiesOf(answer)).toMatchObject([{ name: NAME }]);
    }
    expect((await browser.logout()).status).toBe(204);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedReason: 'logout' }]);
  });

  it('use the body for a request without it, and set and read no cookie', async () => {
    const { body, headers } = await app.http.post('/login', { username: subject });
    expect(headers.has('set-cookie')).toBe(false);
    const refreshed = await app.http.refresh(body.refresh_token);
    expect(refreshed.headers.has('set-cookie')).toBe(false);
    const byCookie = await app.http.post('/auth/jwt-refresh', {}, { Cookie: `${NAME}=${refreshed.body.refresh_token}` });
    expect(byCookie).toMatchObject({ status: 400, body: { code: 'refresh_token_missing' } });
    expect((await app.http.logout(refreshed.body.refresh_token)).status).toBe(204);
    expect((await app.http.refresh(refreshed.body.refresh_token)).headers.has('set-cookie')).toBe(false);
  });

  it('never mix: a token in the body of a request by cookie is not read', async () => {
    const { refreshToken } = await app.login(subject);
    expect((await browser.post('/auth/jwt-refresh', { refresh_token: refreshToken })).body.code).toBe('refresh_token_missing');
    expect(await app.rows(subject)).toMatchObject([{ generation: 0 }]);
  });

  it('refuse another site that sends the header', async () => {
    await browser.post('/login', { username: subject });
    const answer = await browser.refresh({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_request' } });
  });
});
