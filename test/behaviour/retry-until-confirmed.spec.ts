import type { TokenPair } from 'nestjs-jwt-refresh';
import { Confirmations } from '../../src/rotation/confirmations';
import { RefreshTokenStore } from '../../src/sessions/refresh-token.store';
import { Database } from '../../src/storage/database';
import { bearer } from '../support/http';
import { describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

describeOnEveryDatabase('a rotation that nobody has confirmed', (stack) => {
  let app: RunningApp;
  let subject: string;
  let first: TokenPair;

  beforeAll(async () => (app = await stack.start({ refreshToken: { retryUntilConfirmed: true }, accessToken: { lifetime: '1d' } })));
  beforeEach(async () => {
    subject = newSubject();
    first = await app.login(subject);
  });

  const confirm = () => app.app.get(Confirmations).flush();
  const refresh = async (token: string) => (await app.http.refresh(token)).body as Record<string, string>;
  const use = (accessToken: string | undefined) => app.http.get('/me', bearer(accessToken!));

  it('gives the same successor hours later, for a client whose answer was lost', async () => {
    const lost = await refresh(first.refreshToken);
    app.clock.advance('23h');
    const again = await refresh(first.refreshToken);
    expect(again.refresh_token).toBe(lost.refresh_token);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
    expect((await app.audit(subject)).map(({ type, reason }) => [type, reason]).slice(1)).toEqual([
      ['refresh_token.rotated', null],
      ['refresh_token.retried', 'unconfirmed'],
    ]);
  });

  it('is over a day later', async () => {
    await refresh(first.refreshToken);
    app.clock.advance('24h');
    expect((await refresh(first.refreshToken)).code).toBe('refresh_token_reused');
  });

  it('is confirmed by an access token of the successor: then the predecessor is a reuse', async () => {
    const second = await refresh(first.refreshToken);
    expect((await use(second.access_token)).status).toBe(200);
    await confirm();
    app.clock.advance(30);
    expect((await refresh(first.refreshToken)).code).toBe('refresh_token_reused');
  });

  it('is not confirmed by an access token from before', async () => {
    await refresh(first.refreshToken);
    expect((await use(first.accessToken)).status).toBe(200);
    await confirm();
    app.clock.advance(31);
    expect((await refresh(first.refreshToken)).refresh_token).toBeDefined();
  });

  it('is confirmed by the successor itself', async () => {
    const second = await refresh(first.refreshToken);
    await refresh(second.refresh_token!);
    expect((await refresh(first.refreshToken)).code).toBe('refresh_token_reused');
  });

  it('is not taken back by an older confirmation that comes late', async () => {
    const second = await refresh(first.refreshToken);
    const third = await refresh(second.refresh_token!);
    await use(third.access_token);
    await confirm();
    const other = await stack.start({ refreshToken: { retryUntilConfirmed: true }, clock: app.clock });
    other.app.get(Confirmations).see(first.sessionId, 1);
    await other.app.get(Confirmations).flush();
    expect(await app.rows(subject)).toMatchObject([{ generation: 2, confirmedGeneration: 2 }]);
    await other.close();
  });

  it('is written down once, however many nodes see it', async () => {
    const second = await refresh(first.refreshToken);
    await use(second.access_token);
    await confirm();
    const other = await stack.start({ refreshToken: { retryUntilConfirmed: true }, clock: app.clock });
    const store = other.app.get(RefreshTokenStore);
    const database = jest.spyOn(other.app.get(Database), 'run');
    await store.confirm([[first.sessionId, 1]]);
    expect(await database.mock.results[0]!.value).toMatchObject({ affected: 0 });
    await other.close();
  });

  it('says nothing of the next one', async () => {
    const second = await refresh(first.refreshToken);
    await use(second.access_token);
    const third = await refresh(second.refresh_token!);
    await confirm();
    app.clock.advance('1h');
    expect((await refresh(second.refresh_token!)).refresh_token).toBe(third.refresh_token);
  });

  it('is written down a second at a time, for many requests of many sessions', async () => {
    const sessions = await Promise.all(Array.from({ length: 5 }, async () => refresh((await app.login(subject)).refreshToken)));
    const statements = await app.statements.during(async () => {
      for (const { access_token } of [...sessions, ...sessions]) await use(access_token);
      await confirm();
      for (const { access_token } of sessions) await use(access_token);
      await confirm();
    });
    expect(statements.filter((statement) => statement === 'UPDATE').length).toBeLessThanOrEqual(2);
    expect((await app.rows(subject)).filter(({ generation, confirmedGeneration }) => generation !== confirmedGeneration)).toEqual([]);
  });

  it('is written down by nobody where the option is off', async () => {
    const off = await stack.start();
    const { body } = await off.http.refresh((await off.login(subject)).refreshToken);
    await off.audit(subject);
    const statements = await off.statements.during(async () => {
      await off.http.get('/me', bearer(body.access_token as string));
      await off.app.get(Confirmations).flush();
    });
    expect(statements).toEqual([]);
  });
});
