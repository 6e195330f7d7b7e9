import type { BrowserContext, Page, Route } from 'playwright-core';
import type { Tab, TabSettings } from './pages/tabs';
import { BrowserStage, servePage } from './support';

declare const tab: Tab;

/** The full campaign lasts two minutes: TABS_MINUTES=2. */
const { TABS_MINUTES } = process.env;
const LIFETIME_S = 5;
const CAMPAIGN_MS = TABS_MINUTES ? Number(TABS_MINUTES) * 60_000 : 13_000;
const OFFLINE_MS = TABS_MINUTES ? 60_000 : 7_000;
/** The client refreshes at most a fifth of the life ahead of its end. */
const PERIOD_MS = LIFETIME_S * 800;
/** Between two rotations at the server that are not of one moment: the way there takes now longer, now shorter. */
const SHORTEST_GAP_MS = LIFETIME_S * 600;
const DAY_MS = 86_400_000;
const REFRESH = '**/auth/jwt-refresh';

/** How often each is there. */
const countsOf = (statuses: number[]): Record<number, number> =>
  Object.fromEntries([...new Set(statuses)].map((status) => [status, statuses.filter((each) => each === status).length]));

interface Family {
  id: string;
  generation: number;
  status: string;
  events: { type: string; at: string }[];
}

describe.each(['body', 'cookie'] as const)('tabs of one session, tokens by %s', (mode) => {
  let stage: BrowserStage;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    stage = await BrowserStage.open({ TRANSPORT: mode, ACCESS_LIFETIME: `${LIFETIME_S}` });
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(stage.complaints.splice(0)).toEqual([]);
  });

  const openTab = async (context: BrowserContext): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${stage.http.url}/tab`);
    return page;
  };
  const isSignedIn = (page: Page) => page.waitForFunction(() => tab.auth.state.status === 'signed-in');
  const signedOut = (page: Page) => page.waitForFunction(() => tab.auth.state.status === 'signed-out');

  /** So many tabs, signed in. */
  const open = async (count: number, { locks = true, ...more }: Partial<TabSettings> & { locks?: boolean } = {}): Promise<Page[]> => {
    const context = await stage.newContext();
    contexts.push(context);
    const settings: TabSettings = { mode, shared: true, clockError: 0, ...more };
    await context.addInitScript((all) => Object.assign(globalThis, { settings: all }), settings);
    if (!locks) await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
    await servePage(context, '/tab', 'tabs.ts');
    const first = await openTab(context);
    await first.evaluate(() => tab.auth.login({ username: 'alice', password: 'alice-demo' }));
    const others = await Promise.all(Array.from({ length: count - 1 }, () => openTab(context)));
    const pages = [first, ...others];
    for (const page of pages) await isSignedIn(page);
    return pages;
  };
  const familyOf = async (page: Page): Promise<Family> => {
    const id = await page.evaluate(() => tab.auth.state.sessionId);
    return (await stage.api('GET', `/${id}`)).body;
  };
  const signOutsIn = async (pages: Page[]): Promise<number> => {
    const events = await Promise.all(pages.map((page) => page.evaluate(() => tab.events.filter(({ type }) => type === 'signed-out').length)));
    // Cookie mode begins signed out, before the login.
    return events.reduce((sum, count) => sum + count, 0) - (mode === 'cookie' ? 1 : 0);
  };

  /** Lets busy tabs live, and counts. */
  async function campaign(count: number, locks: boolean, shared: boolean) {
    const begin = Date.now();
    const pages = await open(count, { locks, shared });
    for (const page of pages) await page.evaluate(() => tab.work());
    await pages[0]!.waitForTimeout(CAMPAIGN_MS);
    const { events, generation } = await familyOf(pages[0]!);
    const answers = (await Promise.all(pages.map((page) => page.evaluate(() => tab.statuses)))).flat();
    const rotations = events.filter(({ type }) => type === 'refresh_token.rotated').map(({ at }) => Date.parse(at)).sort(); // prettier-ignore
    const gaps = rotations.slice(1).map((at, index) => at - rotations[index]!);
    const figures = {
      mode, count, locks, shared, generation, periods: Math.ceil((Date.now() - begin) / PERIOD_MS),
      moments: 1 + gaps.filter((gap) => gap >= SHORTEST_GAP_MS).length,
      retries: events.filter(({ type }) => type === 'refresh_token.retried').length,
      shortestGap: Math.min(...gaps), signOuts: await signOutsIn(pages), answers: countsOf(answers),
    }; // prettier-ignore
    if (TABS_MINUTES) process.stdout.write(`${JSON.stringify(figures)}\n`);
    return figures;
  }

  const RUNS = [2, 5].flatMap((count) => [true, false].map((locks) => [count, locks] as const));

  it('lives on with two tabs and with five, with Web Locks and without: nobody is signed out, and one tab refreshes for all', async () => {
    const runs = await Promise.all(RUNS.map(([count, locks]) => campaign(count, locks, true)));
    for (const run of runs) {
      expect([run.signOuts, Object.keys(run.answers)]).toEqual([0, ['200']]);
      expect(run.generation).toBeGreaterThanOrEqual(Math.floor(CAMPAIGN_MS / (LIFETIME_S * 1000)));
      expect(run.moments).toBeLessThanOrEqual(run.periods);
      // Without locks two tabs may begin in one moment, and the later one send the cookie that the earlier one has changed: a rotation more, for the same session.
      const oneByOne = mode === 'body' || run.locks;
      expect(run.generation).toBeLessThanOrEqual(run.periods * (oneByOne ? 1 : run.count));
      if (oneByOne) expect(run.shortestGap).toBeGreaterThanOrEqual(SHORTEST_GAP_MS);
    }
  }, CAMPAIGN_MS + 90_000); // prettier-ignore

  if (mode === 'cookie')
    it('lives on when each tab keeps its access token to itself', async () => {
      const runs = await Promise.all(RUNS.map(([count, locks]) => campaign(count, locks, false)));
      for (const run of runs) {
        expect([run.signOuts, Object.keys(run.answers)]).toEqual([0, ['200']]);
        expect(run.generation).toBeLessThanOrEqual(run.count * (run.periods + 1));
      }
    }, CAMPAIGN_MS + 90_000); // prettier-ignore

  /** Still signed in, with an answer of the guarded route, and never told otherwise. */
  const livesOn = async (...pages: Page[]) => {
    for (const page of pages) expect(await page.evaluate(() => tab.read())).toBe(200);
    expect(await signOutsIn(pages)).toBe(0);
    expect(await familyOf(pages[0]!)).toMatchObject({ status: 'active' });
  };
  /** `waitForFunction` takes a promise for a true value. */
  const answersAgain = async (page: Page) => {
    while ((await page.evaluate(() => tab.read())) !== 200) await page.waitForTimeout(50);
  };
  /** The next refresh goes this way; those after it are left alone. */
  const once = async (page: Page, handle: (route: Route) => Promise<void>) => page.context().route(REFRESH, handle, { times: 1 });

  it('refreshes once for fifty calls with an expired token', async () => {
    const [page] = (await open(1)) as [Page];
    const { generation } = await familyOf(page);
    const answers = await page.evaluate((life) => {
      tab.settings.clockError += life;
      return Promise.all(Array.from({ length: 50 }, tab.read));
    }, LIFETIME_S * 1000);
    expect(answers).toEqual(Array(50).fill(200));
    expect(await familyOf(page)).toMatchObject({ generation: generation + 1 });
    await livesOn(page);
  });

  it('goes on after a time offline', async () => {
    const pages = await open(2);
    const { generation } = await familyOf(pages[0]!);
    const online = pages[0]!.evaluate(() => new Promise((resolve) => addEventListener('online', resolve, { once: true })).then(() => undefined));
    await pages[0]!.context().setOffline(true);
    await pages[0]!.waitForTimeout(OFFLINE_MS);
    expect(await pages[0]!.evaluate(() => tab.read())).toBe(0);
    await pages[0]!.context().setOffline(false);
    await online;
    for (const page of pages) await answersAgain(page);
    expect((await familyOf(pages[0]!)).generation - generation).toBeLessThanOrEqual(2);
    await livesOn(...pages);
  }, OFFLINE_MS + 90_000); // prettier-ignore

  it('presents the same token again when an answer was lost', async () => {
    const pages = await open(2);
    const [page] = pages as [Page, Page];
    const { generation } = await familyOf(page);
    const context = page.context();
    await once(page, async (route) => {
      const cookies = await context.cookies();
      await route.fetch();
      // The answer is lost with its cookie.
      await context.clearCookies();
      await context.addCookies(cookies);
      await route.abort();
    });
    await page.evaluate(() => tab.auth.refresh());
    const family = await familyOf(page);
    expect(family.generation).toBe(generation + 1);
    expect(family.events.map(({ type }) => type)).toContain('refresh_token.retried');
    await livesOn(...pages);
  });

  it('waits out a 503', async () => {
    const pages = await open(2);
    await once(pages[0]!, (route) => route.fulfill({ status: 503, headers: { 'retry-after': '1' }, json: { code: 'temporarily_unavailable' } }));
    await pages[0]!.evaluate(() => tab.auth.refresh());
    await livesOn(...pages);
  });

  it.each([DAY_MS, -DAY_MS])('does not care that the clock is %i ms off, or is set right', async (clockError) => {
    const pages = await open(2, { clockError });
    await livesOn(...pages);
    const { generation } = await familyOf(pages[0]!);
    await pages[0]!.waitForTimeout(LIFETIME_S * 1000);
    expect((await familyOf(pages[0]!)).generation - generation).toBeLessThanOrEqual(2);
    await livesOn(...pages);
    for (const page of pages) await page.evaluate(() => (tab.settings.clockError = 0));
    await livesOn(...pages);
  });

  it.each([true, false])('is signed out in every tab when it is in one (tokens shared: %s)', async (shared) => {
    const pages = await open(3, { shared: shared || mode === 'body' });
    const { id } = await familyOf(pages[0]!);
    expect(await pages[1]!.evaluate(() => tab.auth.logout())).toBe(true);
    for (const page of pages) await signedOut(page);
    expect(await Promise.all(pages.map((page) => page.evaluate(() => tab.auth.state.endedBy)))).toEqual(['user', 'user', 'user']);
    expect((await stage.api('GET', `/${id}`)).body).toMatchObject({ status: 'revoked', revokedReason: 'logout' });
  });

  it('leaves nothing alive when it signs out during a refresh', async () => {
    const pages = await open(2);
    const [page] = pages as [Page, Page];
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const held = new Promise<void>((resolve) => {
      void once(page, async (route) => {
        const response = await route.fetch();
        resolve();
        await released;
        await route.fulfill({ response });
      });
    });
    const refreshed = page.evaluate(() => tab.auth.refresh());
    await held;
    const { id } = await familyOf(page);
    const loggedOut = page.evaluate(() => tab.auth.logout());
    release();
    expect(await refreshed).toBeNull();
    await loggedOut;
    for (const each of pages) await signedOut(each);
    const isDead = async () => (await stage.api('GET', `/${id}`)).body.status === 'revoked';
    while (!(await isDead())) await page.waitForTimeout(50);
    await page.reload();
    await signedOut(page);
    const { data } = (await stage.api('GET', '?subject=alice&status=active&limit=50')).body as { data: Family[] };
    expect(data.map((row) => row.id)).not.toContain(id);
  });
});
