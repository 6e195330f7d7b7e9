import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type JwtRefreshModuleOptions, RefreshToken } from 'nestjs-jwt-refresh';
import { EventCounter } from '../../src/statistics/event-counter';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { describeOnEveryAdapter, describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

const HOUR = 3_600_000;
const NONE = { issued: 0, rotated: 0, retried: 0, reused: 0, revoked: 0, refused: 0 };

describeOnEveryDatabase('the numbers of the overview', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;

  /** Each test has a month of its own. */
  beforeEach(async () => {
    app ??= await stack.start({ admin: ADMINISTRATORS });
    app.clock.set(new Date(Math.floor(app.clock.now() / HOUR + 40 * 24) * HOUR + 1000));
    await app.dataSource.getRepository(RefreshToken).clear();
    await app.app.get(EventCounter).flush();
    admin = await AdminClient.signIn(app);
  });

  const stats = async (range?: string) => {
    admin = await AdminClient.signIn(app);
    const { status, body } = await admin.get(`/stats${range ? `?range=${range}` : ''}`);
    expect(status).toBe(200);
    return body as { tiles: Record<string, unknown>; series: ({ at: string } & typeof NONE)[]; from: string; to: string; bucketSeconds: number };
  };
  /** Without the logins of administrators, who look. */
  const happened = (counts: Partial<typeof NONE>, looks: number) => ({ ...NONE, ...counts, issued: (counts.issued ?? 0) + looks });

  it.each([
    ['24h', 24, 3600],
    ['7d', 28, 6 * 3600],
    ['30d', 30, 24 * 3600],
  ])('cover %s in %i stretches of %i seconds, without a gap, up to now', async (range, count, seconds) => {
    const { series, from, to, bucketSeconds } = await stats(range);
    expect([series.length, bucketSeconds]).toEqual([count, seconds]);
    expect(series.map(({ at }) => Date.parse(at))).toEqual(series.map((_, index) => Date.parse(from) + index * seconds * 1000));
    expect(to).toBe(new Date(app.clock.now()).toISOString());
    const end = Date.parse(from) + count * seconds * 1000;
    expect(end - app.clock.now()).toBeGreaterThan(0);
    expect(end - app.clock.now()).toBeLessThanOrEqual(HOUR);
    expect(await stats()).toMatchObject({ range: '24h' });
  });

  it('are what was done, by type and by the hour', async () => {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    const { body } = await app.http.refresh(refreshToken);
    await app.http.refresh(refreshToken);
    app.clock.advance('1h');
    await app.http.refresh(refreshToken);
    await app.http.refresh(body.refresh_token);
    const { accessToken } = await app.login(subject);
    await app.http.logout('all', { Authorization: `Bearer ${accessToken}` });
    const { series, tiles } = await stats();
    const [first, second] = series.slice(-2).map(({ at: _, ...counts }) => counts);
    expect(first).toEqual(happened({ issued: 1, rotated: 1, retried: 1 }, 1));
    expect(second).toEqual(happened({ issued: 1, reused: 1, revoked: 1, refused: 1 }, 1));
    expect(tiles).toMatchObject(happened({ issued: 2, rotated: 1, retried: 1, reused: 1, revoked: 1, refused: 1 }, 2));
    for (const range of ['7d', '30d']) {
      expect((await stats(range)).tiles).toMatchObject({ rotated: 1, retried: 1, reused: 1, revoked: 1, refused: 1 });
    }
  });

  it('leave a range when it is over, and not before', async () => {
    await app.jwtRefresh.refresh((await app.login(newSubject())).refreshToken);
    for (const [hours, day, week, month] of [
      [0, 1, 1, 1],
      [23, 1, 1, 1],
      [1, 0, 1, 1],
      [6 * 24 - 1, 0, 1, 1],
      [1, 0, 0, 1],
      [23 * 24 - 1, 0, 0, 1],
      [1, 0, 0, 0],
    ] as const) {
      app.clock.advance(hours * 3600);
      const rotated = [];
      for (const range of ['24h', '7d', '30d']) rotated.push((await stats(range)).tiles.rotated);
      expect([app.clock.now(), ...rotated]).toEqual([app.clock.now(), day, week, month]);
    }
  });

  it('say how many live, whose they are, and how many end within a day', async () => {
    const subject = newSubject();
    await app.login(subject, { lifetime: '24h' });
    await app.login(subject, { lifetime: '25h' });
    await app.login(newSubject(), { lifetime: 10 });
    const { sessionId } = await app.login(newSubject(), { lifetime: 60 });
    await admin.delete(`/${sessionId}`);
    const living = async () => {
      const { active, subjects, expiring } = (await stats()).tiles as Record<string, { value: number; capped: boolean }>;
      return [active, subjects, expiring];
    };
    const exactly = (value: number) => ({ value, capped: false });
    // The administrator has signed in twice.
    expect(await living()).toEqual([exactly(5), exactly(3), exactly(2)]);
    app.clock.advance(10);
    expect(await living()).toEqual([exactly(5), exactly(2), exactly(1)]);
    app.clock.advance('1h');
    expect(await living()).toEqual([exactly(6), exactly(2), exactly(2)]);
  });

  it('are added up by any number of processes, in the same hour', async () => {
    const others = [await stack.start({ admin: ADMINISTRATORS }), await stack.start({ admin: ADMINISTRATORS })];
    for (const other of others) other.clock.set(new Date(app.clock.now()));
    const apps = [app, ...others];
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        apps.map(async (each) => {
          await each.jwtRefresh.refresh((await each.login(newSubject())).refreshToken);
          await each.app.get(EventCounter).flush();
        }),
      );
    }
    expect((await stats()).tiles).toMatchObject({ rotated: 9 });
    await Promise.all(others.map((other) => other.close()));
  });

  it('lose nothing when an app ends while it writes them', async () => {
    const other = await stack.start();
    other.clock.set(new Date(app.clock.now()));
    await other.jwtRefresh.refresh((await other.login(newSubject())).refreshToken);
    // Nothing else is left to write, so the end waits for nothing else.
    await other.audit('nobody');
    void other.app.get(EventCounter).flush();
    await other.close();
    expect((await stats()).tiles).toMatchObject({ rotated: 1 });
  });
});

describeOnEveryAdapter('the settings that administrators see', (stack) => {
  const settings = async (options: Partial<JwtRefreshModuleOptions>) => {
    const app = await stack.start({ ...options, admin: { ...ADMINISTRATORS, ...options.admin } });
    return (await (await AdminClient.signIn(app)).get('/settings')).body as Record<string, unknown>;
  };

  it('are the defaults where the host says nothing', async () => {
    expect(await settings({})).toMatchObject({
      readOnly: false,
      freshFor: null,
      exportLimit: 100_000,
      issuer: 'https://test.example',
      audiences: ['test'],
      accessToken: {
        lifetime: 1800,
        notBeforeLeeway: 5,
        clockTolerance: 0,
        keys: [{ id: 'default', algorithm: 'HS256', signs: true, createdAt: null }],
      },
      refreshToken: { lifetime: 14 * 86_400, maxLifetime: 90 * 86_400, graceSeconds: 30, format: 'opaque' },
      secrets: [{ id: 'default', signs: true, createdAt: null }],
      revocation: { check: 'bounded', superseded: 'accept', pollInterval: 1, feed: { fresh: true } },
      accessTokenOnRefresh: 'ignore',
      maxSessionsPerSubject: null,
      audit: { enabled: true, queueLimit: 10_000, rotationsFor: 30 * 86_400 },
      table: { name: 'refresh_tokens', eventsName: 'refresh_token_events' },
    });
  });

  it('are what is in effect, and no secret or key is in them', async () => {
    const [first, second] = [randomBytes(48).toString('base64'), randomBytes(48).toString('base64')];
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const shown = await settings({
      secret: [
        { id: 's2', value: first, createdAt: new Date('2026-01-02') },
        { id: 's1', value: second },
      ],
      audience: ['test', 'mobile'],
      accessToken: { lifetime: '5m', notBeforeLeeway: 1, clockTolerance: 2, keys: [{ id: 'k1', algorithm: 'ES256', privateKey: pem, createdAt: new Date('2026-01-03') }, { id: 'k0', algorithm: 'HS256', secret: second }] },
      refreshToken: { lifetime: '1d', maxLifetime: '2d', graceSeconds: 0, format: 'jwe' },
      revocation: { check: 'stateless' },
      accessTokenOnRefresh: 'allow-expired',
      maxSessionsPerSubject: 3,
      audit: { enabled: false, queueLimit: 5, rotationsFor: '1d' },
      admin: { readOnly: true, freshFor: '10m', exportLimit: 7 },
    }); // prettier-ignore
    expect(shown).toMatchObject({
      readOnly: true,
      freshFor: 600,
      exportLimit: 7,
      audiences: ['test', 'mobile'],
      accessToken: {
        lifetime: 300,
        notBeforeLeeway: 1,
        clockTolerance: 2,
        keys: [
          { id: 'k1', algorithm: 'ES256', signs: true, createdAt: '2026-01-03T00:00:00.000Z' },
          { id: 'k0', algorithm: 'HS256', signs: false, createdAt: null },
        ],
      },
      refreshToken: { lifetime: 86_400, maxLifetime: 172_800, graceSeconds: 0, format: 'jwe' },
      secrets: [
        { id: 's2', signs: true, createdAt: '2026-01-02T00:00:00.000Z' },
        { id: 's1', signs: false, createdAt: null },
      ],
      revocation: { check: 'stateless' },
      accessTokenOnRefresh: 'allow-expired',
      maxSessionsPerSubject: 3,
      audit: { enabled: false, queueLimit: 5, rotationsFor: 86_400 },
    });
    const text = JSON.stringify(shown);
    for (const secret of [first, second, pem.split('\n')[1]!]) {
      for (let from = 0; from + 8 <= secret.length; from++) expect(text).not.toContain(secret.slice(from, from + 8));
      expect(text).not.toContain(Buffer.from(secret).toString('hex').slice(0, 16));
    }
    expect(text).not.toMatch(/"(value|secret|privateKey|publicKey|signWith|verifyWith|d|k)":/);
  });
});
