import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { accessibilityProblems, BrowserStage, NARROW, type PageOptions, WIDE } from './support';

const { SCREENSHOTS } = process.env;
const CASES = [
  ['express', 'body'],
  ['fastify', 'cookie'],
  ['express', 'both'],
] as const;

describe.each(CASES)("the demo's page on %s, tokens by %s", (adapter, transport) => {
  let stage: BrowserStage;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    stage = await BrowserStage.open({ HTTP_ADAPTER: adapter, TRANSPORT: transport });
    if (SCREENSHOTS) mkdirSync(SCREENSHOTS, { recursive: true });
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    await context.close();
    expect(stage.complaints.splice(0)).toEqual([]);
  });

  const open = async (options: PageOptions = {}) => {
    context = await stage.newContext(options);
    page = await openTab();
  };
  const openTab = async () => {
    const tab = await context.newPage();
    await tab.goto(`${stage.http.url}/`);
    return tab;
  };
  const press = (name: string, tab = page) => tab.getByRole('button', { name, exact: true }).click();
  const signIn = async (username = 'alice') => {
    await press(username);
    await page.getByRole('heading', { name: `${username} is signed in` }).waitFor();
  };
  const generation = (number: number, tab = page) => tab.getByText(`generation ${number}`, { exact: true }).waitFor();
  const said = (text: string | RegExp, tab = page) => tab.getByRole('log').getByRole('listitem').filter({ hasText: text }).first().waitFor();
  const family = async () => (await stage.api('GET', '?kind=session&subject=alice&limit=1')).body.data[0];

  it('logs in, counts down and refreshes; no whole token stands on the page', async () => {
    await open();
    await signIn();
    await said(/POST \/auth\/login\s*200/);
    await page.getByText(/^(29|30):\d\d$/).waitFor();
    await generation(0);
    await press('Refresh');
    await generation(1);
    await said(/POST \/auth\/jwt-refresh\s*200/);
    await press('Read /me');
    await said(/GET \/me\s*200/);
    expect(await page.locator('body').innerText()).not.toMatch(/(jrt_|eyJ)[\w.-]{40}/);
  });

  it('shares the session and the log with a second tab, also when it signs out', async () => {
    await open();
    await signIn();
    const [second] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: 'Second tab' }).click()]);
    await second.getByRole('heading', { name: 'alice is signed in' }).waitFor();
    await press('Read /me', second);
    await said(/another tab\s*GET \/me/);
    await press('Sign out', second);
    await page.getByText('Signed out.').waitFor();
    expect(await family()).toMatchObject({ status: 'revoked', revokedReason: 'logout' });
  });

  it('says to a newcomer nothing of an end', async () => {
    await open();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.getByText('The server has ended the session.').count()).toBe(0);
  });

  it('survives a reload and a lost answer', async () => {
    await open();
    await signIn();
    await press('Lose an answer');
    await said('That answer was lost');
    await page.getByText(/^generation [12]$/).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'alice is signed in' }).waitFor();
    expect(await family()).toMatchObject({ status: 'active' });
  });

  it('lists the own sessions and ends them', async () => {
    await stage.demo.login('bob', { 'X-Requested-With': 'test' });
    await open();
    await signIn('bob');
    await page.getByText('this one').waitFor();
    const ends = page.getByRole('button', { name: /^End the session since/ });
    const count = await ends.count();
    expect(count).toBeGreaterThan(0);
    await ends.first().click();
    await page.waitForFunction((before) => document.querySelectorAll('#sessions button').length === before - 1, count);
    await press('Sign out everywhere');
    await page.getByText('Signed out.').waitFor();
    while ((await stage.api('GET', '?subject=bob&status=active')).body.total.value > 0) await page.waitForTimeout(50);
  });

  if (transport === 'body')
    it('shows a theft: the old token is a replay, and the session ends for both', async () => {
      await open();
      await signIn();
      await press('Steal and replay');
      await said(/the thief\s*POST \/auth\/jwt-refresh\s*401.*refresh_token_reused/s);
      await page.getByText('The server has ended the session.').waitFor();
      expect(await family()).toMatchObject({ status: 'revoked', revokedReason: 'reuse', generation: 2 });
    });
  else
    it('says why nothing can be stolen: no script can read the token', async () => {
      await open();
      await signIn();
      await page.getByText('No script of this page can read it').waitFor();
      expect(await page.getByRole('button', { name: 'Steal and replay' }).isVisible()).toBe(false);
      expect(await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]))).not.toMatch(/jrt_|eyJ/);
    });

  it.each(['light', 'dark'] as const)('has nothing that axe-core objects to and does not scroll sideways, in %s colours', async (colorScheme) => {
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      await open({ viewport, colorScheme });
      const look = async (name: string) => {
        expect(await accessibilityProblems(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
        if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `home-${transport}-${name}-${size}-${colorScheme}.png`), fullPage: true });
      };
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      await look('signed-out');
      await signIn();
      await press('Refresh');
      await generation(1);
      await press('Read /me');
      await said('GET /me');
      await look('signed-in');
      if (transport === 'body') {
        await press('Steal and replay');
        await page.getByText('The server has ended the session.').waitFor();
        await look('stolen');
      }
      if (size === 'wide') await context.close();
    }
  });

  it('is served with what it needs and nothing else', async () => {
    await open();
    const { headers } = await stage.http.get('/');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'; style-src 'self';/);
    for (const link of ['Dashboard', 'API', 'README']) {
      const url = new URL((await page.getByRole('link', { name: link }).getAttribute('href'))!, page.url());
      expect((await stage.http.get(url.pathname)).status).toBe(200);
    }
    for (const name of ['..%2findex.html', 'index.html', '..%2f..%2f..%2fpackage.json', 'toString']) {
      expect((await stage.http.get(`/assets/${name}`)).status).toBe(404);
    }
  });
});
