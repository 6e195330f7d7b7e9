import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Answer, HttpClient } from '../support/http';
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

/** The demo on a database of its own, and a browser for its pages. */
export class BrowserStage {
  private administrator: Promise<string> | undefined;

  /** Everything that a page should not have said or done. */
  readonly complaints: string[] = [];

  constructor(
    readonly demo: DemoProcess,
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  /** Starts the demo with these variables of its environment. */
  static async open<Stage extends BrowserStage>(
    this: new (demo: DemoProcess, browser: Browser, folder: string) => Stage,
    env: Record<string, string> = {},
  ): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'browser-'));
    const demo = await DemoProcess.start({ DATABASE_URL: `sqlite:${join(folder, 'demo.sqlite')}`, ...env });
    return new this(demo, await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }), folder);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.demo.stop();
    rmSync(this.folder, { recursive: true });
  }

  get http(): HttpClient {
    return this.demo.http;
  }

  /** A browser with cookies and storage of its own. What its pages complain of is kept. */
  async newContext({ viewport = WIDE, colorScheme = 'light' }: PageOptions = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' });
    context.setDefaultTimeout(15_000);
    context.on('weberror', (error) => this.complaints.push(error.error().message));
    context.on('console', (message) => {
      // A refused request is the point of some tests, and the browser logs each.
      if (message.type() === 'error' && !/status of (400|401|403|404|503)|ERR_(FAILED|INTERNET_DISCONNECTED)/.test(message.text()))
        this.complaints.push(message.text());
    });
    context.on('request', (request) => {
      const known = [this.http.url, 'data:', 'blob:'].some((origin) => request.url().startsWith(origin));
      if (!known) this.complaints.push(`asked ${request.url()}`);
    });
    return context;
  }

  /** What the admin API answers an administrator. */
  async api(method: string, path: string, body?: unknown): Promise<Answer> {
    const json: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const send = async () => {
      const headers = { Authorization: await this.authorization(), ...json };
      return this.http.send(method, ADMIN + path, { headers, body: body === undefined ? undefined : JSON.stringify(body) });
    };
    const answer = await send();
    if (answer.status !== 401) return answer;
    this.administrator = undefined;
    return send();
  }

  /** Wherever tokens travel, an access token is in this header too. */
  private authorization(): Promise<string> {
    this.administrator ??= this.demo.login('admin', { 'X-Requested-With': 'test' }).then(({ headers }) => headers.get('authorization')!);
    return this.administrator;
  }
}

/** A browser that looks at the demo's dashboard. */
export class DashboardStage extends BrowserStage {
  /** A browser window of its own, at the sign-in form. */
  async visit(hash = '', options: PageOptions = {}): Promise<Page> {
    const page = await (await this.newContext(options)).newPage();
    await page.goto(`${this.http.url}${ADMIN}/dashboard${hash}`);
    return page;
  }

  async visitAsAdmin(hash = '', options: PageOptions = {}): Promise<Page> {
    const page = await this.visit(hash, options);
    await signIn(page, 'admin', 'admin-demo');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    return page;
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

/** A page at the demo's own origin that runs one of the scripts in `pages/`, with all that it imports. */
export async function servePage(context: BrowserContext, path: string, entry: string): Promise<void> {
  const script = scriptOf(entry);
  const page = `<!doctype html><title>${entry}</title><script src="${path}.js"></script>`;
  await context.route(`**${path}`, (route) => route.fulfill({ contentType: 'text/html', body: page }));
  await context.route(`**${path}.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
}

const scripts = new Map<string, string>();

function scriptOf(entry: string): string {
  if (!scripts.has(entry))
    scripts.set(entry, execFileSync(process.execPath, [join(__dirname, 'bundle.mjs'), join(__dirname, 'pages', entry)], { encoding: 'utf8' }));
  return scripts.get(entry)!;
}
