import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { bearer } from '../support/http';
import { accessibilityProblems, DashboardStage, NARROW, WIDE } from './support';

/** Where each page's picture goes, if anybody wants to look at them. */
const { SCREENSHOTS } = process.env;

const SIZES = { wide: WIDE, narrow: NARROW };
const SCHEMES = ['light', 'dark'] as const;

describe('every page of the dashboard', () => {
  let stage: DashboardStage;
  let reused: string;

  beforeAll(async () => {
    stage = await DashboardStage.open({ HTTP_ADAPTER: 'fastify' });
    reused = await liveALittle(stage);
    if (SCREENSHOTS) mkdirSync(SCREENSHOTS, { recursive: true });
  });
  afterAll(() => stage.close());

  const open = async (page: Page, hash: string) => {
    await page.evaluate((to) => (location.hash = to), hash);
    await page.waitForLoadState('networkidle');
  };
  const press = (name: string) => async (page: Page) => {
    await open(page, '#/keys');
    await page.getByRole('button', { name }).click();
    await page.getByRole('dialog').waitFor();
  };

  const PAGES: [name: string, show: (page: Page) => Promise<unknown>][] = [
    ['overview', (page) => open(page, '#/')],
    ['keys', (page) => open(page, '#/keys')],
    ['keys-none', (page) => open(page, '#/keys?subject=nobody')],
    [
      'key',
      async (page) => {
        await open(page, `#/keys/${reused}`);
        await page.getByRole('dialog', { name: 'Key' }).getByText('Why it ended').waitFor();
      },
    ],
    ['new-key', press('New key')],
    ['filters', press('Filters')],
    ['subject', (page) => open(page, '#/subjects/alice')],
    ['audit', (page) => open(page, '#/audit')],
    ['settings', (page) => open(page, '#/settings')],
  ];

  describe.each(SCHEMES)('in %s colours', (colorScheme) => {
    it.each(Object.entries(SIZES))('has nothing that axe-core objects to and does not scroll sideways, %s', async (size, viewport) => {
      const found: Record<string, string[]> = {};
      const stranger = await stage.visit('', { viewport, colorScheme });
      await stranger.getByLabel('User name').waitFor();
      const look = async (page: Page, name: string) => {
        found[name] = await accessibilityProblems(page);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (overflow > 0) found[name].push(`is ${overflow} pixels too wide`);
        if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`) });
      };
      await look(stranger, 'sign-in');
      await stranger.context().close();
      const page = await stage.visitAsAdmin('', { viewport, colorScheme });
      for (const [name, show] of PAGES) {
        await show(page);
        await look(page, name);
        await page.keyboard.press('Escape');
      }
      await page.context().close();
      expect(found).toEqual(Object.fromEntries(['sign-in', ...PAGES.map(([name]) => name)].map((name) => [name, []])));
    });
  });
});

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:142.0) Gecko/20100101 Firefox/142.0',
  'curl/8.5.0',
];

/** A few people, a theft, a logout and a key. @returns the id of the session that was stolen */
async function liveALittle(stage: DashboardStage): Promise<string> {
  const { demo, http } = stage;
  let stolen = '';
  for (const [index, agent] of AGENTS.entries()) {
    for (const username of ['alice', 'bob']) {
      const headers = { 'User-Agent': agent };
      const login = (await demo.login(username, headers)).body;
      const { sid } = (await http.get('/me', bearer(login.access_token))).body;
      const second = (await http.refresh(login.refresh_token, headers)).body;
      if (index === 1) await http.logout(second.refresh_token, headers);
      if (index === 2) {
        await http.refresh(second.refresh_token, headers);
        await http.refresh(login.refresh_token, { 'User-Agent': 'curl/8.5.0' });
        stolen = sid as string;
      }
    }
  }
  await stage.api('POST', '', {
    audience: 'web',
    lifetime: '90d',
    label: 'nightly import',
    subject: 'reports',
    content: { scope: 'read' },
    rotates: false,
  });
  return stolen;
}
