import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Answer, bearer, type HttpClient } from '../support/http';
import { DemoProcess } from '../support/demo-process';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
// As root there is no sandbox; the rest keeps the browser from talking to anybody but the demo.
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]; // prettier-ignore
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const ADMIN = '/admin/refresh-tokens';
export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 360, height: 740 };

export interface PageOptions {
  readonly viewport?: { width: number; height: number };
  readonly colorScheme?: 'light' | 'dark';
}

/** The demo on a database of its own, and a browser that looks at its dashboard. */
export class DashboardStage {
  private constructor(
    readonly demo: DemoProcess,
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  private administrator: Promise<string> | undefined;

  /** Everything that a page should not have said or done. */
  readonly complaints: string[] = [];

  static async open(adapter: string): Promise<DashboardStage> {
    const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const demo = await DemoProcess.start({ HTTP_ADAPTER: adapter, DATABASE_URL: `sqlite:${join(folder, 'demo.sqlite')}` });
    return new DashboardStage(demo, await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }), folder);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.demo.stop();
    rmSync(this.folder, { recursive: true });
  }

  get http(): HttpClient {
    return this.demo.http;
  }

  /** A browser window of its own, at the sign-in form. */
  async visit(hash = '', { viewport = WIDE, colorScheme = 'light' }: PageOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      // A refused request is the point of some tests, and the browser logs each.
      if (message.type() === 'error' && !/status of (401|403|404)/.test(message.text())) this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      const known = [this.http.url, 'data:', 'blob:'].some((origin) => request.url().startsWith(origin));
      if (!known) this.complaints.push(`asked ${request.url()}`);
    });
    await page.goto(`${this.http.url}${ADMIN}/dashboard${hash}`);
    return page;
  }

  async visitAsAdmin(hash = '', options: PageOptions = {}): Promise<Page> {
    const page = await this.visit(hash, options);
    await signIn(page, 'admin', 'admin-demo');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    return page;
  }

  /** What the admin API answers an administrator. */
  async api(method: string, path: string, body?: unknown): Promise<Answer> {
    this.administrator ??= this.demo.login('admin').then(({ body: { access_token: token } }) => token as string);
    const json: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const headers = { ...bearer(await this.administrator), ...json };
    const answer = await this.http.send(method, ADMIN + path, { headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (answer.status !== 401) return answer;
    this.administrator = undefined;
    return this.api(method, path, body);
  }
}

export async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** What axe-core has against the page as it is now. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Fading and sliding colours are not the page's colours.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  });
}
