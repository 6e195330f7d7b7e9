import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { bearer } from '../support/http';
import { ADMIN, DashboardStage, NARROW, signIn } from './support';

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

describe.each(['express', 'fastify'])('the dashboard on %s', (adapter) => {
  let stage: DashboardStage;
  let page: Page;

  beforeAll(async () => {
    stage = await DashboardStage.open({ HTTP_ADAPTER: adapter });
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    await page.context().close();
    expect(stage.complaints.splice(0)).toEqual([]);
  });

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const dialog = (name: string | RegExp) => page.getByRole('dialog', { name });
  const rows = () => page.getByRole('row').filter({ has: page.getByRole('rowheader') });
  const search = async (text: string) => {
    await page.getByRole('searchbox', { name: 'Search keys' }).fill(text);
    await page.keyboard.press('Enter');
  };

  it('signs an administrator in, keeps tokens in memory only, and asks again after a reload', async () => {
    page = await stage.visitAsAdmin();
    await heading('Overview').waitFor();
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    expect(kept).not.toMatch(/jrt_|eyJ/);
    await page.reload();
    await button('Sign in').waitFor();
  });

  it('refuses a wrong password, and tells somebody who is no administrator so', async () => {
    page = await stage.visit();
    await signIn(page, 'admin', 'wrong');
    await page.getByText('Wrong user name or password.').waitFor();
    await signIn(page, 'alice', 'alice-demo');
    await page
      .getByText(/not an administrator/i)
      .first()
      .waitFor();
  });

  it('asks to sign in again when the session is ended elsewhere', async () => {
    page = await stage.visitAsAdmin('#/keys');
    await rows().first().waitFor();
    await stage.api('POST', '/revoke', { filter: { subject: 'admin', status: 'active' }, reason: 'test' });
    await page.getByRole('link', { name: 'Audit' }).click();
    await button('Sign in').waitFor();
  });

  it('finds a key by subject, id, jti and pasted token, and no token stands in the address', async () => {
    const login = (await stage.demo.login('bob', { 'User-Agent': CHROME })).body;
    const { sid } = (await stage.http.get('/me', bearer(login.access_token))).body;
    page = await stage.visitAsAdmin('#/keys');
    await search('bob');
    await page.getByRole('button', { name: /Remove filter Subject: bob/ }).waitFor();
    await rows().filter({ hasText: 'bob' }).first().waitFor();
    for (const text of [sid, login.refresh_token, login.access_token] as string[]) {
      await search(text);
      await page.getByRole('dialog', { name: 'Key' }).getByText(sid, { exact: true }).first().waitFor();
      expect(page.url()).toContain(sid);
      expect(page.url()).not.toMatch(/jrt_|eyJ/);
      await page.keyboard.press('Escape');
      await dialog('Key').waitFor({ state: 'hidden' });
    }
    await button('Clear all').click();
    await search(`${sid}.0`);
    await page.getByRole('button', { name: /Remove filter JTI/i }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  });

  it('shows all fields of a key and tells its life', async () => {
    const login = (await stage.demo.login('alice', { 'User-Agent': CHROME })).body;
    await stage.http.refresh(login.refresh_token, { 'User-Agent': CHROME });
    const { sid } = (await stage.http.get('/me', bearer(login.access_token))).body;
    page = await stage.visitAsAdmin(`#/keys/${sid}`);
    const drawer = dialog('Key');
    for (const field of [
      'Audience',
      'Lifetime',
      'Expires At',
      'Created At',
      'Revoked At',
      'Last Used',
      'Content',
      'Token Hash',
      'JTI',
      'Device Info',
    ]) {
      await drawer.getByText(field, { exact: true }).first().waitFor();
    }
    await drawer
      .getByText(/generation 1/i)
      .first()
      .waitFor();
    await drawer
      .getByText(/Chrome 141/)
      .first()
      .waitFor();
  });

  it('makes a key whose token is shown once and refreshes', async () => {
    page = await stage.visitAsAdmin('#/keys');
    await button('New key').click();
    await page.getByLabel('Audience').fill('web');
    await page.getByText('90 d').click();
    await page.getByLabel('Subject', { exact: true }).fill('robot');
    await page.getByLabel('Label', { exact: true }).fill('nightly import');
    await page.getByLabel('Claims').fill('{ "role": "reporter" }');
    await button('Save').click();
    const token = await page.getByLabel('Refresh token').inputValue();
    expect(token).toMatch(/^jrt_/);
    await page.keyboard.press('Escape');
    await page.getByLabel(/I stored it/).check();
    await button('Done').click();
    await page.getByLabel('Refresh token').waitFor({ state: 'hidden' });
    const { status, body } = await stage.http.refresh(token);
    expect(status).toBe(200);
    expect((await stage.http.get('/me', bearer(body.access_token))).body).toMatchObject({ sub: 'robot', role: 'reporter' });
    await rows().filter({ hasText: 'robot' }).first().waitFor();
  });

  it('revokes one key with a reason, and says how long access tokens live on', async () => {
    const login = (await stage.demo.login('alice')).body;
    const { sid } = (await stage.http.get('/me', bearer(login.access_token))).body;
    page = await stage.visitAsAdmin(`#/keys/${sid}`);
    await button('Revoke…').click();
    const confirmation = dialog(/Revoke this session/);
    await confirmation.getByText(/access tokens/).waitFor();
    await confirmation.getByLabel('Reason').fill('laptop stolen');
    await confirmation.getByRole('button', { name: 'Revoke', exact: true }).click();
    await dialog('Key')
      .getByText(/laptop stolen/)
      .first()
      .waitFor();
    expect((await stage.http.refresh(login.refresh_token)).body.code).toBe('refresh_token_revoked');
  });

  it('revokes a selection, and all that match, above a hundred only after their number is typed', async () => {
    const subject = `crowd-${adapter}`;
    for (let count = 0; count < 103; count++) await stage.api('POST', '', { audience: 'web', lifetime: '1d', subject });
    page = await stage.visitAsAdmin(`#/keys?subject=${subject}`);
    const boxes = page.getByRole('checkbox', { name: `Select key of ${subject}` });
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await button('Revoke selected').click();
    await dialog(/Revoke 2 selected keys/)
      .getByRole('button', { name: 'Revoke 2' })
      .click();
    await page.getByText('Revoked 2 keys.').first().waitFor();
    await button('Revoke all that match…').click();
    const confirmation = dialog(/all active keys that match/);
    const revoke = confirmation.getByRole('button', { name: 'Revoke 101' });
    await revoke.waitFor();
    expect(await revoke.isDisabled()).toBe(true);
    await confirmation.getByLabel('Type 101 to confirm').fill('101');
    await revoke.click();
    await page.getByText('Revoked 101 keys.').first().waitFor();
    expect((await stage.api('GET', `?subject=${subject}&status=active`)).body.total.value).toBe(0);
  });

  it('signs a subject out of all others, then everywhere', async () => {
    for (let count = 0; count < 3; count++) await stage.demo.login('bob');
    page = await stage.visitAsAdmin('#/subjects/bob');
    await heading(/bob/).waitFor();
    await button('Sign out others…').click();
    await button('Continue').click();
    await dialog(/Sign out all others/)
      .getByRole('button', { name: /^Revoke/ })
      .click();
    await page
      .getByText(/Revoked \d+ keys?\./)
      .first()
      .waitFor();
    expect((await stage.api('GET', '?subject=bob&status=active')).body.total.value).toBe(1);
    await button('Sign out everywhere…').click();
    await dialog(/Sign out everywhere/)
      .getByRole('button', { name: 'Revoke 1' })
      .click();
    await page.getByText('Revoked 1 key.').first().waitFor();
    expect((await stage.api('GET', '?subject=bob&status=active')).body.total.value).toBe(0);
  });

  it('walks to older keys and back', async () => {
    for (let count = 0; count < 60; count++) await stage.api('POST', '', { audience: 'web', lifetime: '1d', subject: 'many' });
    page = await stage.visitAsAdmin('#/keys?subject=many');
    // A row's link also holds the place of its page.
    const ids = () => page.$$eval('tbody tr a', (links) => links.map((link) => /keys\/([\w-]+)/.exec(link.getAttribute('href') ?? '')?.[1]));
    const settled = async (isThere: (shown: unknown[]) => boolean) => {
      while (!isThere(await ids())) await page.waitForTimeout(50);
    };
    await rows().first().waitFor();
    const newest = await ids();
    await button('Older').click();
    await settled(([first]) => first !== undefined && first !== newest[0]);
    expect((await ids()).filter((id) => newest.includes(id))).toEqual([]);
    await button('Newer').click();
    await settled(([first]) => first === newest[0]);
    expect(await ids()).toEqual(newest);
  });

  it('shows the audit log of administrators, and saves lists as CSV', async () => {
    page = await stage.visitAsAdmin('#/audit?actor=admin&type=refresh_token.revoked');
    await heading('Audit').waitFor();
    await page
      .getByRole('list', { name: 'Events' })
      .getByText(/revoked/i)
      .first()
      .waitFor();
    for (const hash of ['#/audit?type=refresh_token.revoked', '#/keys?subject=bob']) {
      await page.evaluate((to) => (location.hash = to), hash);
      const [download] = await Promise.all([page.waitForEvent('download'), button('Export CSV').click()]);
      expect(readFileSync(await download.path(), 'utf8')).toMatch(/^"id","/);
    }
  });

  it('shows what users sent as text, whatever it is', async () => {
    const hostile = `<img src=x onerror=alert(1)>\u202eevil`;
    await stage.demo.login('alice', { 'User-Agent': '<script>alert(1)</script>' });
    const { body } = await stage.api('POST', '', { audience: 'web', lifetime: '1d', subject: hostile, label: '"><script>alert(2)</script>' });
    let alerts = 0;
    page = await stage.visitAsAdmin(`#/keys?subject=${encodeURIComponent(hostile)}`);
    page.on('dialog', (shown) => (alerts++, void shown.dismiss()));
    await rows().filter({ hasText: '<img src=x' }).first().waitFor();
    await page.evaluate((id) => (location.hash = `#/keys/${id}`), body.id as string);
    await dialog('Key').getByText('"><script>alert(2)</script>').first().waitFor();
    await page.evaluate(() => (location.hash = '#/keys?device=script'));
    await rows().first().waitFor();
    expect(alerts).toBe(0);
    expect(await page.$$eval('img[src="x"], main script', (found) => found.length)).toBe(0);
  });

  it('obeys the keyboard: / searches, ? helps, Escape closes and gives the focus back', async () => {
    page = await stage.visitAsAdmin('#/keys');
    await rows().first().waitFor();
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Search keys');
    await page.keyboard.press('Escape');
    await button('New key').focus();
    await page.keyboard.press('Enter');
    await dialog('New key').waitFor();
    await page.keyboard.press('Escape');
    await dialog('New key').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('New key'));
    await page.keyboard.press('?');
    await page
      .getByRole('dialog')
      .getByText(/Keyboard|Shortcuts/i)
      .first()
      .waitFor();
  });

  it('is served with what it needs and nothing else, also on a phone', async () => {
    page = await stage.visitAsAdmin('#/keys', { viewport: NARROW });
    await page.getByRole('list', { name: 'Keys' }).waitFor();
    const policy = (await stage.http.get(`${ADMIN}/dashboard`)).headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self'");
  });
});
