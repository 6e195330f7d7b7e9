import { RefreshTokenStore } from '../../src/sessions/refresh-token.store';
import { bearer } from '../support/http';
import { passTime } from '../support/pass-time';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

describeOnEveryStack('rotation', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start({ refreshToken: { graceSeconds: 30, lifetime: '14d', maxLifetime: '90d' } });
  });
  afterEach(() => jest.restoreAllMocks());
  beforeEach(() => {
    subject = newSubject();
  });

  it('answers a refresh with a new access token and a new refresh token', async () => {
    const { refreshToken, sessionId } = await app.login(subject);
    const answer = await app.http.refresh(refreshToken);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 1800,
      refresh_expires_in: 14 * 86_400,
    });
    expect(answer.body.refresh_token).not.toBe(refreshToken);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('authorization')).toBe(`Bearer ${answer.body.access_token}`);
    const me = await app.http.get('/me', bearer(answer.body.access_token));
    expect(me.body).toMatchObject({ sub: subject, sid: sessionId, gen: 1 });
  });

  it('gives the same successor when an answer was lost and the same token is sent again', async () => {
    const { refreshToken } = await app.login(subject);
    const lost = await app.http.refresh(refreshToken);
    app.clock.advance(29);
    for (let retry = 0; retry < 20; retry++) {
      const again = await app.http.refresh(refreshToken);
      expect(again.status).toBe(200);
      expect(again.body.refresh_token).toBe(lost.body.refresh_token);
    }
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
  });

  it.each(['opaque', 'jwt', 'jwe'] as const)('calls a spent token a reuse after its own lifetime too, while its family lives: %s', async (format) => {
    const aging = await stack.start({ refreshToken: { format, lifetime: '14d', maxLifetime: '90d' } });
    const { refreshToken } = await aging.login(subject);
    aging.clock.advance('10d');
    const { body } = await aging.http.refresh(refreshToken);
    aging.clock.advance('5d');
    expect((await aging.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
    expect((await aging.http.refresh(body.refresh_token)).body.code).toBe('refresh_token_revoked');
    await aging.close();
  });

  it.each(['opaque', 'jwt', 'jwe'] as const)('gives the identical successor also when its grace period was begun anew: %s', async (format) => {
    const held = await stack.start({ refreshToken: { format } });
    const { refreshToken } = await held.login(subject);
    const first = await held.http.refresh(refreshToken);
    const [row] = await held.rows(subject);
    held.clock.advance(20);
    await held.app.get(RefreshTokenStore).restartGrace(row!.id, row!, new Date(held.clock.now()));
    held.clock.advance(20);
    expect((await held.http.refresh(refreshToken)).body.refresh_token).toBe(first.body.refresh_token);
    await held.close();
  });

  it('gives simultaneous refreshes of one token one successor', async () => {
    const { refreshToken } = await app.login(subject);
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.http.refresh(refreshToken)));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
    expect((await app.audit(subject)).filter(({ type }) => type === 'refresh_token.rotated')).toHaveLength(1);
  });

  it('lets one of several refreshes that have all read the same row move it, and gives all the same successor', async () => {
    const everybody = 5;
    let arrived = 0;
    let release: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const meet = () => (++arrived === everybody && release(), gate);
    const racing = await stack.start({ hooks: { beforeRotate: meet } });
    const { refreshToken } = await racing.login(subject);
    const answers = await Promise.all(Array.from({ length: everybody }, () => racing.http.refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(everybody).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect(await racing.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
  });

  it('begins no further round when the one that it lost took more than three seconds, and the same token works afterwards', async () => {
    const secret = 'a secret that two nodes share: 4fYw1mQzB7tRc';
    const here = await stack.start({ secret });
    const beforeRotate = async () => {
      await here.http.refresh(refreshToken);
      passTime(3001);
    };
    const slow = await stack.start({ secret, clock: here.clock, hooks: { beforeRotate } });
    const { refreshToken } = await here.login(subject);
    const lost = await slow.http.refresh(refreshToken);
    expect([lost.status, lost.body.code, lost.headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '1']);
    expect((await slow.http.refresh(refreshToken)).status).toBe(200);
    expect(await here.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
  });

  it('gives the same successor on another node, which has never seen either token', async () => {
    const secret = 'a secret that two nodes share: hT5vq09ZkxLr2';
    const here = await stack.start({ secret });
    const there = await stack.start({ secret, clock: here.clock });
    const { refreshToken } = await here.login(subject);
    const lost = await here.http.refresh(refreshToken);
    const again = await there.http.refresh(refreshToken);
    expect(again.status).toBe(200);
    expect(again.body.refresh_token).toBe(lost.body.refresh_token);
    expect(await there.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
  });

  it('refuses a refresh whose session is revoked between its read and its write', async () => {
    const racing = await stack.start({ hooks: { beforeRotate: async ({ id }) => void (await app.jwtRefresh.revokeFamily(id, 'meanwhile')) } });
    const { refreshToken } = await racing.login(subject);
    expect((await racing.http.refresh(refreshToken)).body.code).toBe('refresh_token_revoked');
    expect(await racing.rows(subject)).toMatchObject([{ generation: 0, revokedReason: 'meanwhile' }]);
  });

  it('counts the grace period up to the moment of the request: a database that takes its time ends no session', async () => {
    const { refreshToken } = await app.login(subject);
    const lost = await app.http.refresh(refreshToken);
    app.clock.advance(29);
    const store = app.app.get(RefreshTokenStore);
    const findById = store.findById.bind(store);
    jest.spyOn(store, 'findById').mockImplementation(async (id) => {
      const row = await findById(id);
      app.clock.advance(2);
      return row;
    });
    const again = await app.http.refresh(refreshToken);
    expect(again.body.refresh_token).toBe(lost.body.refresh_token);
    expect((await app.audit(subject)).at(-1)).toMatchObject({ type: 'refresh_token.retried', reason: null });
  });

  it('counts the grace period from the rotation, so that retries do not stretch it', async () => {
    const { refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    app.clock.advance(20);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
    app.clock.advance(10);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
  });

  it('revokes the family when a spent token returns after the grace period, and nothing else', async () => {
    const stolen = await app.login(subject);
    const other = await app.login(subject);
    const current = (await app.http.refresh(stolen.refreshToken)).body;
    app.clock.advance(30);
    const replay = await app.http.refresh(stolen.refreshToken);
    expect(replay.status).toBe(401);
    expect(replay.body).toMatchObject({ statusCode: 401, error: 'Unauthorized', code: 'refresh_token_reused' });
    // Dead at once: the newest refresh token, and every access token of the family.
    expect((await app.http.refresh(current.refresh_token)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.get('/me', bearer(current.access_token))).body.code).toBe('access_token_revoked');
    expect((await app.http.get('/me', bearer(stolen.accessToken))).status).toBe(401);
    // Untouched: the user's other device.
    expect((await app.http.get('/me', bearer(other.accessToken))).status).toBe(200);
    expect((await app.http.refresh(other.refreshToken)).status).toBe(200);
  });

  it('records exactly one reuse, however often the token returns', async () => {
    const { refreshToken, sessionId } = await app.login(subject);
    await app.http.refresh(refreshToken, { 'User-Agent': 'Thief/1.0' });
    app.clock.advance(31);
    await Promise.all(Array.from({ length: 10 }, () => app.http.refresh(refreshToken, { 'User-Agent': 'Thief/1.0' })));
    const reuses = (await app.audit(subject)).filter(({ type }) => type === 'refresh_token.reused');
    expect(reuses).toMatchObject([
      { sessionId, subject, reason: 'late_retry', presentedGeneration: 0, generation: 1, ip: '127.0.0.1', deviceInfo: { userAgent: 'Thief/1.0' } },
    ]);
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'reuse', revokedBy: null, revokedAt: new Date(app.clock.now()) }]);
  });

  it('tells an older replay from a late retry', async () => {
    const { refreshToken } = await app.login(subject);
    const second = await app.http.refresh(refreshToken);
    await app.http.refresh(second.body.refresh_token);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
    expect((await app.audit(subject)).filter(({ type }) => type === 'refresh_token.reused')).toMatchObject([{ reason: 'replayed' }]);
  });

  it('refuses every generation once a family was revoked for reuse', async () => {
    const tokens = [(await app.login(subject)).refreshToken];
    for (let generation = 0; generation < 4; generation++) tokens.push((await app.http.refresh(tokens.at(-1))).body.refresh_token);
    expect((await app.http.refresh(tokens[0])).status).toBe(401);
    for (const token of tokens.reverse()) expect((await app.http.refresh(token)).status).toBe(401);
  });

  it('detects a thief who rotated first as soon as the victim comes back', async () => {
    const victim = await app.login(subject);
    const first = await app.http.refresh(victim.refreshToken);
    const thief = await app.http.refresh(first.body.refresh_token);
    app.clock.advance(31);
    expect((await app.http.refresh(victim.refreshToken)).body.code).toBe('refresh_token_reused');
    expect((await app.http.refresh(thief.body.refresh_token)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.get('/me', bearer(thief.body.access_token))).status).toBe(401);
    expect((await app.http.get('/me', bearer(victim.accessToken))).status).toBe(401);
  });

  it('shares one successor between victim and thief inside the grace period and catches whoever is late', async () => {
    const victim = await app.login(subject);
    const mine = await app.http.refresh(victim.refreshToken);
    const theirs = await app.http.refresh(victim.refreshToken);
    expect(theirs.body.refresh_token).toBe(mine.body.refresh_token);
    const next = await app.http.refresh(mine.body.refresh_token);
    app.clock.advance(31);
    expect((await app.http.refresh(theirs.body.refresh_token)).body.code).toBe('refresh_token_reused');
    expect((await app.http.refresh(next.body.refresh_token)).status).toBe(401);
  });

  it('slides the idle end on rotation but never past the absolute end', async () => {
    let { refreshToken } = await app.login(subject);
    const [born] = await app.rows(subject);
    const start = born!.createdAt.getTime();
    for (let day = 10; day <= 80; day += 10) {
      app.clock.advance('10d');
      refreshToken = (await app.http.refresh(refreshToken)).body.refresh_token;
      const [row] = await app.rows(subject);
      expect(row!.endsAt).toEqual(born!.endsAt);
      expect(row!.expiresAt.getTime()).toBe(Math.min(start + (day + 14) * 86_400_000, start + 90 * 86_400_000));
    }
    app.clock.set(new Date(start + 90 * 86_400_000 - 1));
    refreshToken = (await app.http.refresh(refreshToken)).body.refresh_token;
    app.clock.advanceMilliseconds(1);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_expired');
  });

  it('accepts a token 1 ms before its idle end and refuses it at the end and after', async () => {
    const early = await app.login(subject);
    const atEnd = await app.login(subject);
    app.clock.advanceMilliseconds(14 * 86_400_000 - 1);
    expect((await app.http.refresh(early.refreshToken)).status).toBe(200);
    app.clock.advanceMilliseconds(1);
    expect((await app.http.refresh(atEnd.refreshToken)).body.code).toBe('refresh_token_expired');
    app.clock.advanceMilliseconds(1);
    expect((await app.http.refresh(atEnd.refreshToken)).body.code).toBe('refresh_token_expired');
  });

  it('never hands out an access token that outlives its session', async () => {
    const { accessToken, expiresIn } = await app.login(subject, { lifetime: 60 });
    expect(expiresIn).toBe(60);
    app.clock.advance(60);
    expect((await app.http.get('/stateless', bearer(accessToken))).body.code).toBe('access_token_expired');
  });

  it('keeps one row for a session that is refreshed a thousand times', async () => {
    let { refreshToken } = await app.login(subject);
    for (let i = 0; i < 1000; i++) refreshToken = (await app.jwtRefresh.refresh(refreshToken)).refreshToken;
    expect(await app.rows(subject)).toMatchObject([{ generation: 1000, revokedAt: null, jti: expect.stringMatching(/^[0-9a-f-]{36}\.1000$/) }]);
  }, 120_000);

  it('revokes the family at the first second presentation without a grace period', async () => {
    const strict = await stack.start({ refreshToken: { graceSeconds: 0 } });
    const { refreshToken } = await strict.login(subject);
    const successor = await strict.http.refresh(refreshToken);
    expect((await strict.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
    expect((await strict.http.refresh(successor.body.refresh_token)).body.code).toBe('refresh_token_revoked');
  });
});
