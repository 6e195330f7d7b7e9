import { LoginController } from './login.controller';
import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';
import { until } from '../support/until';
import { clientOf, createStorage, disposeClients, gate, json, Network } from './support';

/** One holder at a time, in the order of asking. */
function installLocks(): () => void {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, __: unknown, work: () => unknown) => (last = last.then(work, work));
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { locks: { request } }, configurable: true });
  return () => (before ? Object.defineProperty(globalThis, 'navigator', before) : Reflect.deleteProperty(globalThis, 'navigator'));
}

/** Milliseconds until another tab's process sees what this one has stored and said. */
const LAG_MS = 200;

/** What a tab says of a refresh that is over takes its time. */
function installLateNews(): () => void {
  const { BroadcastChannel: Channel } = globalThis;
  class LateChannel extends Channel {
    override postMessage(message: { type?: string }): void {
      const say = () => super.postMessage(message);
      if (message.type) setTimeout(say, LAG_MS);
      else say();
    }
  }
  globalThis.BroadcastChannel = LateChannel;
  return () => (globalThis.BroadcastChannel = Channel);
}

describeOnEveryAdapter('two clients in two tabs', (stack) => {
  let app: RunningApp;
  let cookieApp: RunningApp;
  let network: Network;
  let subject: string;
  let uninstall: (() => void) | undefined;

  beforeAll(async () => {
    app = await stack.start();
    cookieApp = await stack.start(
      { transport: 'cookie', secret: 'a secret of the cookie app, 32 bytes or more' },
      { controllers: [LoginController] },
    );
  });
  beforeEach(() => {
    network = new Network();
    subject = newSubject();
  });
  afterEach(() => {
    disposeClients();
    uninstall?.();
    uninstall = undefined;
  });

  describe.each([
    ['without Web Locks', () => undefined],
    ['with Web Locks', () => void (uninstall = installLocks())],
  ])('%s', (_, prepare) => {
    beforeEach(prepare);

    it('share a session by storage: one rotation for both, and neither is signed out', async () => {
      const storage = createStorage();
      const tabs = [1, 2].map(() => clientOf(app, network, { storage, crossTab: true }));
      tabs[0]!.setSession((await app.login(subject)).toJSON());
      for (let period = 1; period <= 5; period++) {
        app.clock.advance('31m');
        const answers = await Promise.all(tabs.map((tab) => tab.fetch('/me')));
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        expect(await app.rows(subject)).toMatchObject([{ generation: period, revokedAt: null }]);
      }
      expect(tabs.map(({ state }) => state.status)).toEqual(['signed-in', 'signed-in']);
    });

    it('share an access token in cookie mode', async () => {
      const storage = createStorage();
      const tabs = [1, 2].map(() => clientOf(cookieApp, network, { mode: 'cookie', storage, crossTab: true }));
      await tabs[0]!.login({ subject });
      for (let period = 1; period <= 3; period++) {
        cookieApp.clock.advance('31m');
        const answers = await Promise.all(tabs.map((tab) => tab.fetch('/me')));
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        expect(await cookieApp.rows(subject)).toMatchObject([{ generation: period, revokedAt: null }]);
      }
      expect(storage.getItem(storage.key(0)!)).not.toContain('jrt_');
    });
  });

  it('uses one request for both with Web Locks', async () => {
    uninstall = installLocks();
    const storage = createStorage();
    const tabs = [1, 2].map(() => clientOf(app, network, { storage, crossTab: true }));
    tabs[0]!.setSession((await app.login(subject)).toJSON());
    app.clock.advance('31m');
    await Promise.all(tabs.map((tab) => tab.getAccessToken()));
    expect(network.refreshes).toHaveLength(1);
  });

  it('does without a lock that nobody gives back', async () => {
    const never = {
      locks: { request: (__: string, { signal }: { signal: AbortSignal }) => new Promise((___, reject) => signal.addEventListener('abort', reject)) },
    };
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: never, configurable: true });
    uninstall = () => (before ? Object.defineProperty(globalThis, 'navigator', before) : Reflect.deleteProperty(globalThis, 'navigator'));
    const client = clientOf(app, network, { crossTab: true });
    client.setSession((await app.login(subject)).toJSON());
    expect(await client.refresh()).toEqual(expect.any(String));
  }, 15_000);

  it.each([
    ['shared storage', () => createStorage()],
    ['memory', () => undefined],
  ])('both sign out when one does, with %s, and nothing stays alive', async (_, storageOf) => {
    const storage = storageOf();
    const [one, two] = [1, 2].map(() => clientOf(app, network, { storage, crossTab: true }));
    one!.setSession((await app.login(subject)).toJSON());
    if (!storage) two!.setSession((await app.login(subject)).toJSON());
    await until(() => two!.state.status === 'signed-in');
    await one!.logout();
    await until(() => two!.state.status === 'signed-out' && two!.state.endedBy === 'user');
    await until(async () => (await app.rows(subject)).every(({ revokedAt }) => revokedAt !== null));
  });

  it('says nothing secret to the other tabs', async () => {
    const heard: unknown[] = [];
    const channel = new BroadcastChannel('the-tabs');
    channel.onmessage = (event) => heard.push((event as MessageEvent).data);
    const client = clientOf(app, network, { crossTab: true, storageKey: 'the-tabs' });
    client.setSession((await app.login(subject)).toJSON());
    await client.refresh();
    await client.logout();
    await until(() => heard.length === 4);
    channel.close();
    expect(heard).toEqual([{ type: 'signed-in' }, {}, { type: 'refreshed' }, { type: 'signed-out', endedBy: 'user' }]);
  });

  it('end a session also where a tab that is closed has been told to', async () => {
    const tab = clientOf(app, network, { crossTab: true });
    tab.setSession((await app.login(subject)).toJSON());
    tab.dispose();
    expect(await tab.logout()).toBe(true);
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
  });

  it('read no spent token where one of them could not store the next', async () => {
    const storage = createStorage();
    const tab = clientOf(app, network, { storage });
    tab.setSession((await app.login(subject)).toJSON());
    const { setItem } = storage;
    storage.setItem = (key, value) => {
      if (value.length > 10) throw new DOMException('full', 'QuotaExceededError');
      setItem(key, value);
    };
    await tab.refresh();
    expect((await tab.fetch('/me')).status).toBe(200);
    expect(clientOf(app, network, { storage }).state.status).toBe('signed-out');
    await tab.refresh();
    expect(await app.rows(subject)).toMatchObject([{ generation: 2, revokedAt: null }]);
  });

  describe('in cookie mode', () => {
    const cookieClient = (options = {}) => clientOf(cookieApp, network, { mode: 'cookie', ...options });

    it('find the session of the cookie again on a new page', async () => {
      const before = cookieClient();
      await before.login({ subject });
      const page = cookieClient();
      expect(page.state).toEqual({ status: 'unknown', sessionId: null, endedBy: null });
      expect((await page.fetch('/me')).status).toBe(200);
      expect(page.state).toEqual(before.state);
    });

    it('wait for what another tab has obtained where it is seen late, and get no second one', async () => {
      const restore = [installLocks(), installLateNews()];
      uninstall = () => restore.forEach((each) => each());
      const seen = createStorage();
      const stored = createStorage();
      const setItem = (key: string, value: string) => {
        stored.setItem(key, value);
        setTimeout(() => seen.setItem(key, value), LAG_MS);
      };
      const [one, two] = [{ ...stored, setItem }, seen].map((storage) => cookieClient({ crossTab: true, storage }));
      await one!.login({ subject });
      await until(() => two!.state.status === 'signed-in');
      const slow = gate();
      network.once('/auth/jwt-refresh', async (pass) => {
        const response = await pass();
        await slow.promise;
        return response;
      });
      const renewed = one!.refresh();
      await until(() => network.refreshes.length === 1);
      const others = two!.refresh();
      setTimeout(slow.open, 2 * LAG_MS);
      expect(await others).toBe(await renewed);
      expect(await cookieApp.rows(subject)).toMatchObject([{ generation: 1 }]);
    });

    it('is signed out where the server wants an access token with the cookie, and a new page has none', async () => {
      const strict = await stack.start(
        { transport: 'cookie', accessTokenOnRefresh: 'allow-expired', secret: 'a secret of the strict app, 32 bytes or more' },
        { controllers: [LoginController] },
      );
      const before = clientOf(strict, network, { mode: 'cookie', sendAccessToken: true });
      await before.login({ subject });
      expect(await before.refresh()).toEqual(expect.any(String));
      const page = clientOf(strict, network, { mode: 'cookie', sendAccessToken: true });
      expect(await page.getAccessToken()).toBeNull();
      expect(page.state).toEqual({ status: 'signed-out', sessionId: null, endedBy: null });
      expect(await strict.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
    });

    it('find that there is no cookie', async () => {
      const page = cookieClient();
      expect(await page.getAccessToken()).toBeNull();
      expect(page.state).toEqual({ status: 'signed-out', sessionId: null, endedBy: null });
    });

    it('follow each other in and out with memory alone', async () => {
      const [one, two] = [cookieClient({ crossTab: true }), cookieClient({ crossTab: true })];
      await one.login({ subject });
      await until(() => two.state.sessionId === one.state.sessionId);
      await one.logout();
      await until(() => two.state.endedBy === 'user');
      expect(network.cookie).toBe('');
      expect(await cookieApp.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
    });

    it('leave a session alone that another tab has begun while a sign-out was not heard', async () => {
      const [one, two] = [cookieClient({ crossTab: true }), cookieClient({ crossTab: true })];
      await one.login({ subject });
      network.once('/auth/logout', () => json(503, {}));
      expect(await one.logout()).toBe(false);
      const other = newSubject();
      await two.login({ subject: other });
      await until(() => one.state.sessionId === two.state.sessionId);
      // Its own, that of the session before the login, and its own once more.
      await until(() => network.logouts.length === 3 && network.logouts.every(({ status }) => status !== null));
      expect((await two.fetch('/me')).status).toBe(200);
      cookieApp.clock.advance('31m');
      expect((await two.fetch('/me')).status).toBe(200);
      expect(await cookieApp.rows(other)).toMatchObject([{ revokedAt: null }]);
    });

    it('let no refresh that is under way set its cookie over that of a login', async () => {
      const client = cookieClient();
      await client.login({ subject });
      const { promise, open } = gate();
      network.once('/auth/jwt-refresh', async (pass) => {
        await promise;
        return pass();
      });
      const refreshing = client.refresh();
      const login = client.login({ subject });
      open();
      await Promise.all([refreshing, login]);
      cookieApp.clock.advance('31m');
      expect((await client.fetch('/me')).status).toBe(200);
      expect(client.state.status).toBe('signed-in');
    });

    it('end the session before a login, and not the new one', async () => {
      const client = cookieClient();
      await client.login({ subject });
      await client.login({ subject });
      await until(async () => (await cookieApp.rows(subject)).filter(({ revokedAt }) => revokedAt === null).length === 1);
      cookieApp.clock.advance('31m');
      expect((await client.fetch('/me')).status).toBe(200);
    });
  });
});
