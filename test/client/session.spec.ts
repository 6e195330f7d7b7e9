import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';
import { until } from '../support/until';
import { clientOf, disposeClients, gate, json, Network, offline } from './support';

const REFRESH = '/auth/jwt-refresh';

describeOnEveryAdapter('the client in body mode', (stack) => {
  let app: RunningApp;
  let network: Network;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start();
  });
  beforeEach(() => {
    network = new Network();
    subject = newSubject();
  });
  afterEach(disposeClients);

  async function signedIn(options = {}) {
    const client = clientOf(app, network, options);
    client.setSession((await app.login(subject)).toJSON());
    return client;
  }
  const alive = async () => (await app.rows(subject)).filter(({ revokedAt }) => revokedAt === null).length;

  it('keeps its tokens to itself: no storage and no console hears of them', async () => {
    const heard: unknown[] = [];
    const storage = { setItem: (...item: unknown[]) => heard.push(item), getItem: () => null, removeItem: () => undefined };
    const globals = globalThis as Record<string, unknown>;
    Object.assign(globals, { localStorage: storage, sessionStorage: storage });
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation((...words) => void heard.push(words)),
    );
    const client = await signedIn();
    app.clock.advance('31m');
    network.once(REFRESH, () => offline());
    await client.fetch('/me');
    await client.logout();
    for (const spy of spies) spy.mockRestore();
    Reflect.deleteProperty(globals, 'localStorage');
    Reflect.deleteProperty(globals, 'sessionStorage');
    expect(heard).toEqual([]);
  });

  it('refreshes once for fifty calls with an expired token', async () => {
    const client = await signedIn();
    app.clock.advance('31m');
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.fetch('/me')));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(network.refreshes).toHaveLength(1);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1 }]);
  });

  it('refreshes once for fifty 401s, and sends each request once more', async () => {
    // The client's clock stands still, so only the server knows that the token has expired.
    const start = app.clock.now();
    const client = await signedIn({ now: () => start });
    app.clock.advance('31m');
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.fetch('/me')));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(network.refreshes).toHaveLength(1);
    expect(network.to('/me')).toHaveLength(100);
  });

  it('presents the same token again when the answer was lost, and stays signed in', async () => {
    const client = await signedIn();
    app.clock.advance('31m');
    network.once(REFRESH, async (pass) => {
      await pass();
      return offline();
    });
    expect((await client.fetch('/me')).status).toBe(200);
    const [first, second] = network.refreshes;
    expect(second!.body).toEqual(first!.body);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
  });

  it('waits as long as a 503 asks', async () => {
    const client = await signedIn();
    app.clock.advance('31m');
    network.once(REFRESH, () => json(503, { code: 'temporarily_unavailable' }, { 'retry-after': '1' }));
    const start = Date.now();
    expect((await client.fetch('/me')).status).toBe(200);
    expect(Date.now() - start).toBeGreaterThanOrEqual(1000);
    expect(client.events).toContainEqual(expect.objectContaining({ type: 'refresh-failed', retryIn: expect.any(Number) }));
  });

  it.each<[string, () => Response]>([
    ['no network', offline],
    ['403', () => json(403, { code: 'forbidden' })],
    ['408', () => json(408, {})],
    ['429', () => json(429, {}, { 'retry-after': '60' })],
    ['500', () => json(500, { code: 'oops' })],
    ['503', () => json(503, { code: 'temporarily_unavailable' }, { 'retry-after': '60' })],
    ['a 401 of something else', () => json(401, { message: 'proxy login' })],
    ['a 400 for a missing token, which was sent', () => json(400, { code: 'refresh_token_missing' })],
    ['a page of a proxy', () => new Response('<html>', { status: 502 })],
    ['a captive portal', () => new Response('<html>', { status: 200 })],
    ['a 200 without tokens', () => json(200, { ok: true })],
  ])('stays signed in whatever goes wrong with a refresh: %s', async (_, answer) => {
    const client = await signedIn();
    app.clock.advance('31m');
    network.interfere = (sent, pass) => (sent.path === REFRESH ? answer() : pass());
    const error: unknown = await client.fetch('/me').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'AuthClientError' });
    expect(client.state.status).toBe('signed-in');
    const tried = network.refreshes.length;
    // Who asks again while it backs off is told so at once.
    await expect(client.fetch('/me')).rejects.toBe(error);
    expect(network.refreshes).toHaveLength(tried);
    network.interfere = (__, pass) => pass();
    expect(await client.refresh()).toEqual(expect.any(String));
    expect(new Set(network.refreshes.map(({ body }) => body.refresh_token)).size).toBe(1);
  });

  it.each([
    ['expired', async () => app.clock.advance('15d')],
    ['revoked', async () => void (await app.jwtRefresh.revokeAll(subject))],
  ])('is signed out by the server when the session is %s, and says by whom', async (what, end) => {
    const client = await signedIn();
    await end();
    app.clock.advance('31m');
    expect(await client.getAccessToken()).toBeNull();
    expect(client.state).toEqual({ status: 'signed-out', sessionId: null, endedBy: 'server' });
    expect(client.events.at(-1)).toEqual({ type: 'signed-out', endedBy: 'server', code: `refresh_token_${what}` });
    expect((await client.fetch('/public')).status).toBe(200);
  });

  it('answers the 401 itself when the session behind it is over', async () => {
    const client = await signedIn();
    await app.jwtRefresh.revokeAll(subject);
    expect((await client.fetch('/me')).status).toBe(401);
    expect(client.state.endedBy).toBe('server');
  });

  it.each<[string, Record<string, string>, unknown, boolean]>([
    ['an invalid token by challenge', { 'www-authenticate': 'Bearer error="invalid_token"' }, {}, true],
    ['an expired token by code', {}, { code: 'access_token_expired' }, true],
    ['nothing in particular', {}, { message: 'Unauthorized' }, true],
    ['a login that is not fresh, by challenge', { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' }, {}, false],
    ['a login that is not fresh, by code', {}, { code: 'fresh_login_required' }, false],
    ['a wrong password', {}, { code: 'wrong_password' }, false],
  ])('a 401 for %s is answered by a refresh only if that can cure it', async (_, headers, body, curable) => {
    const client = await signedIn();
    network.once('/me', () => json(401, body, headers));
    expect((await client.fetch('/me')).status).toBe(curable ? 200 : 401);
    expect(network.refreshes).toHaveLength(curable ? 1 : 0);
  });

  it('sends a request once more and no more', async () => {
    const client = await signedIn();
    network.interfere = (sent, pass) => (sent.path === '/me' ? json(401, {}) : pass());
    expect((await client.fetch('/me')).status).toBe(401);
    expect(network.to('/me')).toHaveLength(2);
  });

  it.each<[string, () => [RequestInfo, RequestInit?], number]>([
    ['a text', () => ['/me', { method: 'POST', body: 'text' }], 2],
    ['a Request', () => [new Request(`${app.http.url}/me`, { method: 'POST', body: 'text' })], 2],
    ['a stream', () => ['/me', { method: 'POST', body: new Blob(['text']).stream(), duplex: 'half' } as RequestInit], 1],
  ])('repeats a body after a 401 if it can be read twice: %s', async (_, request, times) => {
    const client = await signedIn();
    network.interfere = (sent, pass) => (sent.path === '/me' ? json(sent.headers.get('authorization') ? 401 : 500, {}) : pass());
    await client.fetch(...request());
    expect(network.to('/me').map(({ body }) => body)).toEqual(Array(times).fill('text'));
    expect(network.refreshes).toHaveLength(1);
  });

  it('gives the token to its own origin and those listed, and to no other', async () => {
    const client = await signedIn({ origins: ['https://files.example'] });
    network.interfere = (sent, pass) => (sent.path.startsWith('/x') ? json(200, {}) : pass());
    await client.fetch('https://files.example/x1');
    await client.fetch('https://other.example/x2');
    await client.fetch(`${app.http.url.replace(/\d+$/, '1')}/x3`);
    await client.fetch('/x4', { headers: { authorization: 'Basic abc' } });
    const sent = network.sent.map(({ path, headers }) => [path, headers.get('authorization')?.split(' ')[0]]);
    expect(sent).toEqual([
      ['/x1', 'Bearer'],
      ['/x2', undefined],
      ['/x3', undefined],
      ['/x4', 'Basic'],
    ]);
  });

  describe('by the clock', () => {
    it.each([
      ['set back by a day', -86_400_000],
      ['set forward by a day', 86_400_000],
    ])('costs one refresh when it is %s, and no sign-out', async (_, jump) => {
      let offset = 0;
      const client = await signedIn({ now: () => app.clock.now() + offset });
      offset = jump;
      for (let call = 0; call < 5; call++) expect((await client.fetch('/me')).status).toBe(200);
      expect(network.refreshes).toHaveLength(1);
    });

    it('is the same a day off all along', async () => {
      const client = await signedIn({ now: () => app.clock.now() - 86_400_000 });
      expect((await client.fetch('/me')).status).toBe(200);
      expect(network.refreshes).toHaveLength(0);
    });

    it('gives a token that lives long enough, or a new one', async () => {
      const client = await signedIn();
      await client.getAccessToken({ minTtl: 1799 });
      expect(network.refreshes).toHaveLength(0);
      await client.getAccessToken({ minTtl: 1801 });
      expect(network.refreshes).toHaveLength(1);
    });
  });

  describe('signing out', () => {
    it('ends the session at the server', async () => {
      const client = await signedIn();
      expect(await client.logout()).toBe(true);
      expect(client.state).toEqual({ status: 'signed-out', sessionId: null, endedBy: 'user' });
      expect(await alive()).toBe(0);
      expect(await client.getAccessToken()).toBeNull();
    });

    it('everywhere ends the other sessions too, also with an expired access token', async () => {
      await app.login(subject);
      const client = await signedIn();
      app.clock.advance('31m');
      expect(await client.logout({ everywhere: true })).toBe(true);
      expect(await alive()).toBe(0);
    });

    it('during a refresh leaves nothing alive, even if the server hears of it last', async () => {
      const client = await signedIn();
      app.clock.advance('31m');
      const { promise, open } = gate();
      network.once('/auth/logout', offline);
      network.once(REFRESH, async (pass) => {
        const answer = await pass();
        await promise;
        return answer;
      });
      const waiting = client.getAccessToken();
      await until(() => network.refreshes.length === 1);
      await client.logout();
      open();
      expect(await waiting).toBeNull();
      await until(async () => (await alive()) === 0);
      expect(client.state.status).toBe('signed-out');
      expect(network.logouts.some(({ body }) => body.refresh_token !== network.refreshes[0]!.body.refresh_token)).toBe(true);
    });

    it('is told to the server again until it answers', async () => {
      const client = await signedIn();
      network.once('/auth/logout', offline);
      expect(await client.logout()).toBe(false);
      await until(async () => (await alive()) === 0);
    });
  });

  it('lets a login win over a refresh that is under way, and ends the session before it', async () => {
    const client = await signedIn();
    const { promise, open } = gate();
    network.once(REFRESH, async (pass) => {
      await promise;
      return pass();
    });
    const refreshing = client.refresh();
    const next = await app.login(subject);
    client.setSession(next.toJSON());
    open();
    expect(await refreshing).toBe(next.accessToken);
    expect(client.state.sessionId).toBe(next.sessionId);
    await until(async () => (await alive()) === 1);
    expect((await client.fetch('/me')).status).toBe(200);
  });

  it('keeps a session that is set twice', async () => {
    const client = clientOf(app, network);
    const tokens = (await app.login(subject)).toJSON();
    client.setSession(tokens);
    client.setSession(tokens);
    expect((await client.fetch('/me')).status).toBe(200);
    expect(network.logouts).toHaveLength(0);
  });

  it('lists and ends the own sessions', async () => {
    const other = await app.login(subject);
    const client = await signedIn();
    expect((await client.sessions.list()).map(({ id, current }) => [id, current])).toEqual([
      [client.state.sessionId, true],
      [other.sessionId, false],
    ]);
    await client.sessions.end(other.sessionId);
    expect(await alive()).toBe(1);
    await app.login(subject);
    await client.sessions.endOthers();
    expect(await alive()).toBe(1);
    await expect(client.sessions.end(other.sessionId)).rejects.toMatchObject({ status: 404, code: 'session_not_found' });
  });

  it('gives one snapshot of its state until it changes, and tells listeners of the change', async () => {
    const client = clientOf(app, network);
    const seen: unknown[] = [];
    const stop = client.subscribe(() => seen.push(client.state));
    expect(client.state).toBe(client.state);
    client.setSession((await app.login(subject)).toJSON());
    const { state } = client;
    await client.refresh();
    expect(client.state).toBe(state);
    await client.logout();
    stop();
    client.setSession((await app.login(subject)).toJSON());
    expect(seen).toEqual([state, { status: 'signed-out', sessionId: null, endedBy: 'user' }]);
    expect(client.events.map(({ type }) => type)).toEqual(['signed-in', 'refreshed', 'signed-out', 'signed-in']);
  });

  it('stops one caller waiting without stopping the refresh', async () => {
    const client = await signedIn();
    const { promise, open } = gate();
    network.once(REFRESH, async (pass) => {
      await promise;
      return pass();
    });
    const controller = new AbortController();
    const impatient = client.getAccessToken({ forceRefresh: true, signal: controller.signal });
    const patient = client.refresh();
    controller.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    open();
    expect(await patient).toEqual(expect.any(String));
    expect(network.refreshes).toHaveLength(1);
  });

  it('puts no token into an address, where proxies and logs would keep it', async () => {
    const client = await signedIn();
    await client.refresh();
    await client.fetch('/me');
    await client.logout({ everywhere: true });
    expect(network.sent.map(({ path }) => path)).toEqual(expect.arrayContaining([REFRESH, '/me', '/auth/logout']));
    for (const { url } of network.sent) expect(url).not.toMatch(/jrt_|eyJ|token/);
  });

  it('carries no token in an error or an event', async () => {
    const client = await signedIn();
    const { refresh_token: token } = (await app.login(subject)).toJSON();
    client.setSession({ ...(await app.login(subject)).toJSON(), refresh_token: token });
    network.interfere = () => json(503, {});
    const error: unknown = await client.refresh().catch((reason: unknown) => reason);
    expect(JSON.stringify([error, String(error), client.events])).not.toContain((token as string).slice(0, 20));
  });
});
