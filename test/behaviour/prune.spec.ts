import { JwtRefreshError, PruneService, RefreshToken, type TokenPair } from 'nestjs-jwt-refresh';
import { newId } from '../../src/ids';
import { RefreshTokenStore } from '../../src/sessions/refresh-token.store';
import { Database } from '../../src/storage/database';
import { insertRows } from '../support/insert-rows';
import { describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

const DAY = 86_400;

describeOnEveryDatabase('pruning', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => (app = await stack.start({ refreshToken: { lifetime: '14d', maxLifetime: '30d' } })));
  beforeEach(() => (subject = newSubject()));

  const prune = (of: RunningApp = app) => of.app.get(PruneService).run();
  const stays = async (of: RunningApp = app): Promise<boolean> => (await of.rows(subject)).length > 0;

  it('deletes a session a week after its idle end, and not a moment sooner', async () => {
    await app.login(subject);
    app.clock.advance(21 * DAY);
    await prune();
    expect(await stays()).toBe(true);
    app.clock.advanceMilliseconds(1);
    expect((await prune())!.families).toBeGreaterThanOrEqual(1);
    expect(await stays()).toBe(false);
  });

  it('keeps a revoked session until a week after its absolute end, so that a spent token is still told as what it is', async () => {
    const { refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    app.clock.advance(31);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
    app.clock.advance(37 * DAY - 31);
    await prune();
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
    app.clock.advanceMilliseconds(1);
    await prune();
    expect(await stays()).toBe(false);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_invalid');
  });

  it('leaves every session alone that could still be refreshed', async () => {
    const { refreshToken } = await app.login(subject);
    app.clock.advance(14 * DAY - 1);
    await prune();
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  it('keeps an idle session until its absolute end where tokens of an older system are taken over', async () => {
    const adopting = await stack.start({
      clock: app.clock,
      refreshToken: { lifetime: '14d', maxLifetime: '30d' },
      hooks: { adoptLegacyToken: (token) => (token.startsWith('old ') ? { subject, issuedAt: begun } : null) },
    });
    const begun = new Date(app.clock.now());
    expect((await adopting.http.refresh(`old ${subject}`)).status).toBe(200);
    app.clock.advance(29 * DAY);
    await prune(adopting);
    expect((await adopting.http.refresh(`old ${subject}`)).body.code).toBe('refresh_token_invalid');
    expect(await stays(adopting)).toBe(true);
    app.clock.advance(9 * DAY);
    await prune(adopting);
    expect(await stays(adopting)).toBe(false);
    expect((await adopting.http.refresh(`old ${subject}`)).body.code).toBe('refresh_token_expired');
  });

  it('looks again when it deletes: what was found old and has been changed since stays', async () => {
    const { sessionId } = await app.login(subject);
    const bounds = { before: new Date(app.clock.now() + 15 * DAY * 1000), idleToo: true };
    const store = app.app.get(RefreshTokenStore);
    const found: string[] = [];
    for await (const ids of store.walkPrunable(bounds)) found.push(...ids);
    expect(found).toContain(sessionId);
    await app.jwtRefresh.revokeFamily(sessionId, 'meanwhile');
    await store.prune(found, bounds);
    expect(await stays()).toBe(true);
  });

  it('is done by one node at a time, and nobody loses a row twice', async () => {
    await Promise.all(Array.from({ length: 50 }, () => app.login(subject)));
    const others = await Promise.all([1, 2, 3].map(() => stack.start({ clock: app.clock, refreshToken: { maxLifetime: '30d' } })));
    app.clock.advance(38 * DAY);
    const before = await app.dataSource.getRepository(RefreshToken).count();
    const reports = await Promise.all([app, ...others].map((node) => prune(node)));
    const after = await app.dataSource.getRepository(RefreshToken).count();
    expect(reports.reduce((sum, report) => sum + (report?.families ?? 0), 0)).toBe(before - after);
    expect(await stays()).toBe(false);
    const meanwhile = await app.app.get(Database).whileLocked('refresh_tokens.prune', () => prune(others[0]));
    // SQLite has no such lock.
    expect(meanwhile).toEqual(stack.kind.name === 'sqlite' ? { families: 0, events: 0 } : null);
    await Promise.all(others.map((node) => node.close()));
  });

  it('goes through more than a stretch of the table, and past those that stay', async () => {
    await app.login(subject);
    const [model] = await app.rows(subject);
    const spared: TokenPair[] = [];
    for (let block = 0; block < 9; block++) {
      const idle = Array.from({ length: 500 }, () => Object.assign(new RefreshToken(), model, { id: newId(app.clock.now()) }));
      await insertRows(app, RefreshToken, idle);
      spared.push(await app.login(subject, { lifetime: '30d' }));
    }
    app.clock.advance(22 * DAY);
    const start = app.statements.entries.length;
    expect((await prune())!.families).toBeGreaterThanOrEqual(4500);
    const deletes = app.statements.since(start).filter(({ sql }) => sql.startsWith('DELETE') && !sql.includes('events'));
    expect(deletes.length).toBeGreaterThanOrEqual(5);
    // The ids of a stretch, and the condition once more.
    for (const { parameters } of deletes) expect(parameters!.length).toBeLessThanOrEqual(1010);
    expect((await app.rows(subject)).map(({ id }) => id)).toEqual(spared.map(({ sessionId }) => sessionId).sort());
  });

  it('deletes by halves what the database can not delete at once in time', async () => {
    await Promise.all(Array.from({ length: 100 }, () => app.login(subject)));
    app.clock.advance(22 * DAY);
    await app.audit(subject);
    const store = app.app.get(RefreshTokenStore);
    const remove = store.prune.bind(store);
    const sizes: number[] = [];
    jest.spyOn(store, 'prune').mockImplementation(async (ids, bounds) => {
      sizes.push(ids.length);
      if (ids.length > 40) throw new JwtRefreshError('temporarily_unavailable');
      return remove(ids, bounds);
    });
    await prune();
    jest.restoreAllMocks();
    expect(await stays()).toBe(false);
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(100);
  });

  it('tells of it when not even a few can be deleted', async () => {
    await Promise.all(Array.from({ length: 20 }, () => app.login(subject)));
    app.clock.advance(22 * DAY);
    const spy = jest.spyOn(app.app.get(RefreshTokenStore), 'prune').mockRejectedValue(new JwtRefreshError('temporarily_unavailable'));
    await expect(prune()).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    expect(spy.mock.calls.length).toBeLessThan(12);
    jest.restoreAllMocks();
    expect(await stays()).toBe(true);
  });

  it('keeps what a node whose clock is behind may still be asked about, however short the option is', async () => {
    const hasty = await stack.start({
      prune: { keepFor: 0 },
      accessToken: { clockTolerance: 20 },
      refreshToken: { lifetime: '1d' },
      clock: app.clock,
    });
    await hasty.login(subject);
    app.clock.advance(DAY + 55);
    await prune(hasty);
    expect(await stays(hasty)).toBe(true);
    app.clock.advanceMilliseconds(1);
    await prune(hasty);
    expect(await stays(hasty)).toBe(false);
    await hasty.close();
  });

  it('is told as an event, and leaves a line in the audit log', async () => {
    await app.login(subject);
    app.clock.advance(22 * DAY);
    const { families, events } = (await prune())!;
    await app.audit(subject);
    const lines = await app.dataSource.query("SELECT details FROM refresh_token_events WHERE type = 'maintenance.pruned' ORDER BY id DESC"); // prettier-ignore
    expect(JSON.parse((lines as { details: string }[])[0]!.details)).toEqual({ families, events });
  });

  it('stops soon when it is told to, also on its way past thousands that stay', async () => {
    await app.login(subject);
    const [model] = await app.rows(subject);
    const staying = Array.from({ length: 3500 }, () => Object.assign(new RefreshToken(), model, { id: newId(app.clock.now()) }));
    await insertRows(app, RefreshToken, staying);
    app.clock.advance(8 * DAY);
    const stop = new AbortController();
    setImmediate(() => stop.abort());
    const statements = await app.statements.during(() => app.app.get(PruneService).run(stop.signal));
    expect(statements.filter((statement) => statement === 'SELECT').length).toBeLessThanOrEqual(3);
  });

  it('stops after the batch at hand when it is told to', async () => {
    await app.login(subject);
    app.clock.advance(22 * DAY);
    expect(await app.app.get(PruneService).run(AbortSignal.abort())).toEqual({ families: 0, events: 0 });
    expect(await stays()).toBe(true);
  });
});
