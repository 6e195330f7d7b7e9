import type { Page } from 'playwright-core';
import { DashboardStage, signIn } from './support';

describe.each(['express', 'fastify'])('the session of the dashboard on %s', (adapter) => {
  let stage: DashboardStage;
  let page: Page;

  const open = (transport: string) => async () => void (stage = await DashboardStage.open({ HTTP_ADAPTER: adapter, TRANSPORT: transport }));
  const close = async () => {
    await page.context().close();
    expect(stage.complaints.splice(0)).toEqual([]);
  };
  const button = (name: string) => page.getByRole('button', { name });
  const overview = () => page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  const families = async (): Promise<{ revokedReason: string | null }[]> =>
    (await stage.api('GET', '?subject=admin&device=Chrome&limit=50')).body.data;

  describe('with the transport cookie', () => {
    beforeAll(open('cookie'));
    afterAll(() => stage.close());
    afterEach(close);

    it('goes on after a reload, and no script can read a token', async () => {
      page = await stage.visit();
      await page.getByText('stays signed in until you sign out').waitFor();
      expect(await page.getByText('Your session has ended').count()).toBe(0);
      await signIn(page, 'admin', 'admin-demo');
      await overview();
      expect(await kept()).not.toMatch(/jrt_|eyJ/);
      await page.reload();
      await overview();
      expect((await families())[0]).toMatchObject({ generation: 1, status: 'active' });
    });

    it('ends with the sign-out, also for a reload', async () => {
      page = await stage.visitAsAdmin();
      await overview();
      await button('Account').click();
      await button('Sign out').click();
      await button('Sign in').waitFor();
      await page.reload();
      await button('Sign in').waitFor();
      const [newest] = (await families()).filter(({ revokedReason }) => revokedReason === 'logout');
      expect(newest).toMatchObject({ status: 'revoked' });
    });

    it('asks to sign in again when it is ended elsewhere, and says so', async () => {
      page = await stage.visitAsAdmin('#/keys');
      await stage.api('POST', '/revoke', { filter: { subject: 'admin', status: 'active' }, reason: 'test' });
      await page.getByRole('link', { name: 'Audit' }).click();
      await page.getByText('Your session has ended').waitFor();
    });
  });

  describe('with both transports', () => {
    beforeAll(open('both'));
    afterAll(() => stage.close());
    afterEach(close);

    it('is in the memory of the page, without a cookie, and a reload ends it', async () => {
      page = await stage.visit();
      await page.getByText('reloading this page ends the sign-in').waitFor();
      await signIn(page, 'admin', 'admin-demo');
      await overview();
      expect(await kept()).not.toMatch(/jrt_|eyJ/);
      expect(await page.context().cookies()).toEqual([]);
      await page.reload();
      await button('Sign in').waitFor();
    });
  });
});
