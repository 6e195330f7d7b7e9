import type { BrowserContext, Page, Request } from 'playwright-core';
import { BrowserStage, servePage } from './support';

/** What is used of aurelia-authentication's AuthService, and of aurelia-api's Rest. */
interface AuthService {
  login(credentials: object, options?: object, redirectUri?: string): Promise<unknown>;
  logout(redirectUri?: string): Promise<unknown>;
  updateToken(): Promise<boolean>;
  isAuthenticated(): boolean;
  getAccessToken(): string;
  getRefreshToken(): string;
}
declare const auth: AuthService;
declare const api: { find(path: string): Promise<{ sub: string; sid: string; gen: number; username: string }> };

const SETTINGS = { useRefreshToken: true, logoutUrl: '/auth/logout', logoutMethod: 'post' };
const NESTED = { ACCESS_TOKEN_PROP: 'token.access', REFRESH_TOKEN_PROP: 'token.refresh' };
const DEEP = { ACCESS_TOKEN_PROP: 'data.tokens.access', REFRESH_TOKEN_PROP: 'data.tokens.refresh' };
const NAMES = { accessTokenName: 'access', refreshTokenName: 'refresh' };

const CASES: [what: string, adapter: string, env: Record<string, string>, settings: object][] = [
  ['its default settings', 'express', {}, {}],
  ['tokens in a member', 'express', NESTED, { accessTokenProp: 'token', refreshTokenProp: 'token', ...NAMES }],
  ['tokens below a root', 'fastify', DEEP, { accessTokenProp: 'data', accessTokenRoot: 'tokens', refreshTokenProp: 'data', refreshTokenRoot: 'tokens', ...NAMES }],
]; // prettier-ignore

describe.each(CASES)('aurelia-authentication with %s, on %s', (_, HTTP_ADAPTER, env, settings) => {
  let stage: BrowserStage;
  let context: BrowserContext;
  let sent: Request[];

  const open = async (more: object = {}): Promise<Page> => {
    context = await stage.newContext();
    sent = [];
    context.on('request', (request) => request.method() === 'POST' && sent.push(request));
    await context.addInitScript((all) => Object.assign(globalThis, { settings: all }), { ...SETTINGS, ...settings, ...more });
    await servePage(context, '/aurelia', 'aurelia.mjs');
    return newTab();
  };
  const newTab = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${stage.http.url}/aurelia`);
    return page;
  };
  const signIn = (page: Page, username = 'alice') =>
    page.evaluate((name) => auth.login({ username: name, password: `${name}-demo` }, undefined, ''), username);
  const me = (page: Page) => page.evaluate(() => api.find('/me'));
  const isSignedIn = (page: Page) => page.evaluate(() => auth.isAuthenticated());
  const tokensOf = (page: Page) => page.evaluate(() => ({ access: auth.getAccessToken(), refresh: auth.getRefreshToken() }));
  const refreshes = () => sent.filter((request) => request.url().endsWith('/auth/login') && request.postDataJSON().grant_type === 'refresh_token');
  const row = async (id: string) => (await stage.api('GET', `/${id}`)).body;

  const openStage =
    (more: Record<string, string> = {}) =>
    async () =>
      void (stage = await BrowserStage.open({ HTTP_ADAPTER, ...env, ...more }));
  const closeContext = async () => {
    await context.close();
    expect(stage.complaints.splice(0)).toEqual([]);
  };

  describe('and access tokens that live', () => {
    beforeAll(openStage());
    afterAll(() => stage.close());
    afterEach(closeContext);

    it('logs in, reads a guarded route, and refreshes at the login URL', async () => {
      const page = await open();
      await signIn(page);
      expect(await me(page)).toMatchObject({ username: 'alice', gen: 0 });
      const { access, refresh } = await tokensOf(page);
      expect(await page.evaluate(() => auth.updateToken())).toBe(true);
      expect(await me(page)).toMatchObject({ username: 'alice', gen: 1 });
      expect(refreshes().map((request) => request.postDataJSON())).toEqual([{ grant_type: 'refresh_token', refresh_token: refresh }]);
      expect(refreshes()[0]!.headers()).toMatchObject({ authorization: `Bearer ${access}`, 'content-type': 'application/json' });
    });

    it('sends a client_id if it has one, with the login and the refresh', async () => {
      const page = await open({ clientId: 'spa' });
      await signIn(page);
      expect(await page.evaluate(() => auth.updateToken())).toBe(true);
      expect(sent.map((request) => request.postDataJSON().client_id)).toEqual(['spa', 'spa']);
    });

    it('goes on after a reload', async () => {
      const page = await open();
      await signIn(page);
      const { sid } = await me(page);
      await page.reload();
      expect(await isSignedIn(page)).toBe(true);
      expect(await page.evaluate(() => auth.updateToken())).toBe(true);
      expect(await me(page)).toMatchObject({ sid, gen: 1 });
    });

    it('goes on after a reload that lost the answer to a refresh', async () => {
      const page = await open();
      await signIn(page);
      const { sid } = await me(page);
      const lost = new Promise<void>((resolve) => {
        void context.route('**/auth/login', async (route) => {
          await route.fetch();
          resolve();
        });
      });
      // Not awaited: the page that waits for the answer is gone before it comes.
      await page.evaluate(() => void auth.updateToken());
      await lost;
      await context.unroute('**/auth/login');
      await page.reload();
      expect(await page.evaluate(() => auth.updateToken())).toBe(true);
      expect(await me(page)).toMatchObject({ sid, gen: 1 });
      const [first, second] = refreshes().map((request) => request.postDataJSON().refresh_token);
      expect(second).toBe(first);
      expect(await row(sid)).toMatchObject({ generation: 1, status: 'active' });
    });

    it('may refresh in two tabs at once: both get the same tokens', async () => {
      const page = await open();
      await signIn(page);
      const other = await newTab();
      const { sid } = await me(page);
      // Neither is sent before both tabs have read the token that they send.
      let waiting = 0;
      const both = new Promise<void>((resolve) => {
        void context.route('**/auth/login', async (route) => {
          if (++waiting === 2) resolve();
          await both;
          await route.continue();
        });
      });
      expect(await Promise.all([page, other].map((tab) => tab.evaluate(() => auth.updateToken())))).toEqual([true, true]);
      expect(await me(page)).toMatchObject({ sid, gen: 1 });
      expect(await me(other)).toMatchObject({ sid, gen: 1 });
      expect((await tokensOf(page)).refresh).toBe((await tokensOf(other)).refresh);
      expect(await row(sid)).toMatchObject({ generation: 1, status: 'active' });
    });

    it('ends the session at the server when it logs out, and can log in again', async () => {
      const page = await open();
      await signIn(page);
      const { sid } = await me(page);
      const { access, refresh } = await tokensOf(page);
      await page.evaluate(() => auth.logout(''));
      expect(await isSignedIn(page)).toBe(false);
      const logout = sent.at(-1)!;
      expect([new URL(logout.url()).pathname, logout.postData(), (await logout.response())!.status()]).toEqual(['/auth/logout', null, 204]);
      expect(logout.headers().authorization).toBe(`Bearer ${access}`);
      expect(await row(sid)).toMatchObject({ status: 'revoked', revokedReason: 'logout' });
      expect((await stage.http.refresh(refresh)).body.code).toBe('refresh_token_revoked');
      await signIn(page, 'bob');
      expect(await me(page)).toMatchObject({ username: 'bob' });
    });

    it('is told when the session is over', async () => {
      const page = await open();
      await signIn(page);
      await stage.api('POST', `/${(await me(page)).sid}/revoke`);
      const error = await page.evaluate(() => auth.updateToken().catch((response: Response) => response.json()));
      expect(error).toMatchObject({ statusCode: 401, code: 'refresh_token_revoked' });
      expect(await isSignedIn(page)).toBe(false);
    });
  });

  describe('and access tokens that end', () => {
    beforeAll(openStage({ ACCESS_LIFETIME: '2' }));
    afterAll(() => stage.close());
    afterEach(closeContext);

    it('refreshes by itself (autoUpdateToken), again and again', async () => {
      const page = await open();
      await signIn(page);
      const { sid } = await me(page);
      while (refreshes().length < 2) await page.waitForEvent('request');
      await (await refreshes()[1]!.response())!.finished();
      expect(await isSignedIn(page)).toBe(true);
      expect(await me(page)).toMatchObject({ sid, gen: 2 });
    });

    it('refreshes on a page that was opened after the end', async () => {
      const page = await open();
      await signIn(page);
      const { sid } = await me(page);
      await page.goto('about:blank');
      while ((await stage.http.get('/me', { Authorization: await lastAuthorization() })).status === 200) await page.waitForTimeout(100);
      await page.goto(`${stage.http.url}/aurelia`);
      while (refreshes().length < 1) await page.waitForEvent('request');
      await (await refreshes()[0]!.response())!.finished();
      expect(await isSignedIn(page)).toBe(true);
      expect(await me(page)).toMatchObject({ sid, gen: 1 });
    });

    const lastAuthorization = async () => (await sent.at(-1)!.response())!.headers().authorization!;
  });
});
