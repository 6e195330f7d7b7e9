import { HttpException, type LoggerService } from '@nestjs/common';
import { type HostClaims, JwtRefreshError, type JwtRefreshEvent, JwtRefreshEvents, type JwtRefreshHooks, RefreshToken } from 'nestjs-jwt-refresh';
import { AuditQueue } from '../../src/audit/audit.queue';
import { TokenMinter } from '../../src/tokens/token-minter';
import { bearer } from '../support/http';
import { describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CURL = { 'User-Agent': 'curl/8.5.0' };
const BY_CURL = { userAgent: 'curl/8.5.0', browser: null, os: null, device: null, ip: '127.0.0.1' };

describeOnEveryDatabase('hooks', (stack) => {
  let app: RunningApp;
  let subject: string;
  /** What the hooks do in the test at hand. */
  let behaviour: JwtRefreshHooks;
  /** Which hook ran, and the generation it was shown. */
  let calls: [hook: string, generation?: number][];

  beforeAll(async () => {
    const note = (hook: string, session?: Readonly<RefreshToken>) => {
      calls.push(session ? [hook, session.generation] : [hook]);
    };
    app = await stack.start(
      {
        hooks: {
          beforeRefreshRoute: (request) => (note('beforeRefreshRoute'), behaviour.beforeRefreshRoute?.(request)),
          resolveSubject: (session) => (note('resolveSubject', session), behaviour.resolveSubject?.(session)),
          beforeRotate: (session) => (note('beforeRotate', session), behaviour.beforeRotate?.(session)),
          afterRotate: (session) => (note('afterRotate', session), behaviour.afterRotate?.(session)),
        },
      },
      { configure: (host) => host.useLogger(false) },
    );
  });
  beforeEach(() => {
    subject = newSubject();
    behaviour = {};
    calls = [];
  });

  const claimsOf = async (accessToken: string) => app.jwtRefresh.verifyAccessToken(accessToken);

  it('run in the order of a rotation, and see the session before and after it', async () => {
    const { refreshToken } = await app.login(subject);
    expect(calls).toEqual([]);
    await app.http.refresh(refreshToken);
    expect(calls).toEqual([['beforeRefreshRoute'], ['resolveSubject', 0], ['beforeRotate', 0], ['afterRotate', 1]]);
  });

  it('for the rotation itself do not run on a retry', async () => {
    const { refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    calls = [];
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
    expect(calls).toEqual([['beforeRefreshRoute'], ['resolveSubject', 1]]);
  });

  it('do not run for a token that is refused anyway, but for the one before the route', async () => {
    const [reused, revoked, expired] = [await app.login(subject), await app.login(subject), await app.login(subject, { lifetime: 60 })];
    await app.http.refresh(reused.refreshToken);
    await app.http.logout(revoked.refreshToken);
    app.clock.advance(60);
    for (const token of ['junk', reused.refreshToken, revoked.refreshToken, expired.refreshToken]) {
      calls = [];
      expect((await app.http.refresh(token)).status).toBe(401);
      expect(calls).toEqual([['beforeRefreshRoute']]);
    }
  });

  it('are given the request and the row', async () => {
    const seen: unknown[] = [];
    behaviour.beforeRefreshRoute = (request) => void seen.push((request as { headers: Record<string, string> }).headers['x-trace']);
    behaviour.beforeRotate = ({ id, subject: owner, kind, jti, content }) => void seen.push({ id, owner, kind, jti, content });
    const { refreshToken, sessionId } = await app.login(subject, { content: { role: 'admin' } });
    await app.http.refresh(refreshToken, { 'X-Trace': '42' });
    expect(seen).toEqual(['42', { id: sessionId, owner: subject, kind: 'session', jti: `${sessionId}.0`, content: { role: 'admin' } }]);
  });

  it('of the route do not run for the service', async () => {
    const { refreshToken } = await app.login(subject);
    await app.jwtRefresh.refresh(refreshToken);
    expect(calls.map(([hook]) => hook)).toEqual(['resolveSubject', 'beforeRotate', 'afterRotate']);
  });

  describe('resolveSubject', () => {
    it.each([null, false] as const)('refuses with %s, as if the token were unknown, and leaves the session as it is', async (answer) => {
      const { refreshToken } = await app.login(subject);
      behaviour.resolveSubject = () => answer;
      const refused = await app.http.refresh(refreshToken);
      expect(refused).toMatchObject({ status: 401, body: { code: 'refresh_token_invalid' } });
      expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null, lastUsed: null }]);
      behaviour.resolveSubject = () => undefined;
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
    });

    it('refuses a retry too, which works again once the account is open', async () => {
      const { refreshToken } = await app.login(subject);
      const first = await app.http.refresh(refreshToken);
      behaviour.resolveSubject = () => Promise.resolve(null);
      expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_invalid');
      expect((await app.http.refresh(first.body.refresh_token)).body.code).toBe('refresh_token_invalid');
      behaviour.resolveSubject = () => Promise.resolve();
      expect((await app.http.refresh(refreshToken)).body.refresh_token).toBe(first.body.refresh_token);
    });

    it('adds the claims it answers to the access token, on a retry as well, over those of the session', async () => {
      const { refreshToken } = await app.login(subject, { content: { role: 'guest', tenant: 7 } });
      behaviour.resolveSubject = () => ({ role: 'admin', groups: ['a', 'b'] });
      const rotated = await claimsOf((await app.http.refresh(refreshToken)).body.access_token as string);
      expect(rotated).toMatchObject({ sub: subject, gen: 1, role: 'admin', tenant: 7, groups: ['a', 'b'] });
      behaviour.resolveSubject = () => Promise.resolve({ role: 'editor' });
      const retried = await claimsOf((await app.http.refresh(refreshToken)).body.access_token as string);
      expect(retried).toMatchObject({ gen: 1, role: 'editor', tenant: 7 });
      expect(retried).not.toHaveProperty('groups');
    });

    it('adds nothing to the row', async () => {
      const { refreshToken } = await app.login(subject, { content: { tenant: 7 } });
      behaviour.resolveSubject = () => ({ role: 'admin' });
      await app.http.refresh(refreshToken);
      expect((await app.rows(subject))[0]!.content).toEqual({ tenant: 7 });
    });

    it("can't change what the module itself writes into an access token", async () => {
      const { refreshToken, sessionId } = await app.login(subject);
      behaviour.resolveSubject = () => ({ iss: 'x', aud: 'x', sub: 'root', sid: 'x', gen: 99, jti: 'x', iat: 0, nbf: 0, exp: 9e9, role: 'admin' });
      const claims = await claimsOf((await app.http.refresh(refreshToken)).body.access_token as string);
      const now = Math.floor(app.clock.now() / 1000);
      expect(claims).toMatchObject({
        iss: 'https://test.example',
        aud: 'test',
        sub: subject,
        sid: sessionId,
        gen: 1,
        iat: now,
        nbf: now - 5,
        exp: now + 1800,
      });
      expect(claims.role).toBe('admin');
    });

    const circular: HostClaims = {};
    circular.self = circular;
    it.each<[string, HostClaims]>([
      ['a bigint', { balance: 10n }],
      ['a circle', circular],
    ])('whose claims hold %s, which no token can carry, refuses before anything changes', async (_, claims) => {
      const { refreshToken } = await app.login(subject);
      behaviour.resolveSubject = () => claims;
      const answer = await app.http.refresh(refreshToken);
      expect(answer).toMatchObject({ status: 503, body: { code: 'temporarily_unavailable' } });
      expect(await app.rows(subject)).toMatchObject([{ generation: 0 }]);
      behaviour = {};
      app.clock.advance(60);
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
    });
  });

  describe('that fail', () => {
    const BEFORE = ['beforeRefreshRoute', 'resolveSubject', 'beforeRotate'] as const;
    const secretMessage = 'connect ECONNREFUSED users-db.internal:5432';
    const FAILURES: [string, () => unknown][] = [
      ['throws', () => raise(new Error(secretMessage))],
      ['rejects', () => Promise.reject(new Error(secretMessage))],
      ['throws a text', () => raise(secretMessage)],
      ['throws nothing', () => raise(undefined)],
      ['rejects with null', () => Promise.reject(null)], // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors -- hosts do
      ['throws a TypeError', () => (undefined as unknown as { id: string }).id],
    ];
    const withHook = (hook: keyof JwtRefreshHooks, work: () => unknown): void => {
      behaviour = { [hook]: work };
    };

    it.each(BEFORE.flatMap((hook) => FAILURES.map(([how, work]) => [hook, how, work] as const)))(
      'refuse with 503 when %s %s, and the same token still works',
      async (hook, _, work) => {
        const { refreshToken } = await app.login(subject);
        withHook(hook, work);
        const answer = await app.http.refresh(refreshToken);
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(answer.body).toEqual({
          statusCode: 503,
          error: 'Service Unavailable',
          code: 'temporarily_unavailable',
          message: 'The service is temporarily unavailable. Send the same request again.',
        });
        expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
        behaviour = {};
        expect((await app.http.refresh(refreshToken)).status).toBe(200);
      },
    );

    it.each(BEFORE)("pass the host's own HttpException on as it is when %s throws it, and the same token still works", async (hook) => {
      const { refreshToken } = await app.login(subject);
      withHook(hook, () => raise(new HttpException({ reason: 'maintenance', until: 'noon' }, 418)));
      const answer = await app.http.refresh(refreshToken);
      expect(answer).toMatchObject({ status: 418, body: { reason: 'maintenance', until: 'noon' } });
      expect(answer.headers.has('retry-after')).toBe(false);
      behaviour = {};
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
      expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
    });

    it("pass the module's own errors on as they are", async () => {
      const { refreshToken } = await app.login(subject);
      withHook('resolveSubject', () => raise(new JwtRefreshError('refresh_token_revoked')));
      const answer = await app.http.refresh(refreshToken);
      expect(answer).toMatchObject({ status: 401, body: { code: 'refresh_token_revoked' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });

    it.each<[string, () => unknown, number]>([
      ['an error', () => raise(new Error(secretMessage)), 503],
      ['an HttpException', () => raise(new HttpException('Not now.', 409)), 409],
    ])('after the rotation with %s lose nothing: the retry gets the one successor', async (_, work, status) => {
      const { refreshToken } = await app.login(subject);
      withHook('afterRotate', work);
      expect((await app.http.refresh(refreshToken)).status).toBe(status);
      const [rotated] = await app.rows(subject);
      expect(rotated).toMatchObject({ generation: 1, revokedAt: null });
      const retries = [await app.http.refresh(refreshToken), await app.http.refresh(refreshToken)];
      expect(retries.map((retry) => retry.status)).toEqual([200, 200]);
      expect(retries[0]!.body.refresh_token).toBe(retries[1]!.body.refresh_token);
      expect(await app.rows(subject)).toEqual([rotated]);
      behaviour = {};
      expect((await app.http.refresh(retries[0]!.body.refresh_token)).status).toBe(200);
    });
  });
});

describeOnEveryDatabase('events', (stack) => {
  let app: RunningApp;
  let subject: string;
  let told: JwtRefreshEvent[];
  let refuseSubject = false;
  const log: string[] = [];

  beforeAll(async () => {
    const hooks: JwtRefreshHooks = { resolveSubject: () => (refuseSubject ? null : undefined) };
    app = await stack.start({ hooks }, { configure: (host) => host.useLogger(loggerInto(log)) });
    app.app.get(JwtRefreshEvents).onAny((event) => void told.push(event));
  });
  beforeEach(() => {
    subject = newSubject();
    told = [];
    log.length = 0;
  });

  /** What every event of a session tells, sent by curl from this machine. */
  const base = (sessionId: string, generation: number) => ({
    id: expect.stringMatching(UUID) as string,
    at: new Date(app.clock.now()),
    sessionId,
    kind: 'session',
    subject,
    audience: 'test',
    generation,
    device: BY_CURL,
  });

  it('tell of a session that begins, with the device at login', async () => {
    const device = { userAgent: 'x', browser: 'Firefox 142.0', os: 'Linux', device: 'desktop', ip: '203.0.113.7' };
    const { sessionId } = await app.login(subject, { audience: 'mobile', device });
    await app.login(subject);
    expect(told).toEqual([
      { ...base(sessionId, 0), audience: 'mobile', device, type: 'refresh_token.issued', actor: null, reason: null },
      { ...base(expect.any(String) as string, 0), device: null, type: 'refresh_token.issued', actor: null, reason: null },
    ]);
  });

  it('tell of a rotation and of each retry', async () => {
    const { refreshToken, sessionId } = await app.login(subject);
    told = [];
    for (let i = 0; i < 3; i++) await app.http.refresh(refreshToken, CURL);
    expect(told).toEqual([
      { ...base(sessionId, 1), type: 'refresh_token.rotated' },
      { ...base(sessionId, 1), type: 'refresh_token.retried', reason: null },
      { ...base(sessionId, 1), type: 'refresh_token.retried', reason: null },
    ]);
  });

  it('tell of a reuse once: a late retry or a replay', async () => {
    const [late, replayed] = [await app.login(subject), await app.login(subject)];
    await app.http.refresh(late.refreshToken);
    const { body } = await app.http.refresh(replayed.refreshToken);
    await app.http.refresh(body.refresh_token);
    app.clock.advance(30);
    told = [];
    for (const { refreshToken } of [late, late, replayed, replayed]) await app.http.refresh(refreshToken, CURL);
    expect(told).toEqual([
      { ...base(late.sessionId, 1), type: 'refresh_token.reused', presentedGeneration: 0, reason: 'late_retry' },
      { ...base(replayed.sessionId, 2), type: 'refresh_token.reused', presentedGeneration: 0, reason: 'replayed' },
    ]);
  });

  it('tell of each way to be revoked, and who did it', async () => {
    const sessions = [];
    for (let i = 0; i < 5; i++) sessions.push(await app.login(subject));
    const [byToken, byId, byHost, ...rest] = sessions.map(({ sessionId }) => sessionId) as [string, string, string, string, string];
    told = [];
    await app.http.logout(sessions[0]!.refreshToken, CURL);
    await app.http.delete(`/auth/sessions/${byId}`, { ...CURL, ...bearer(sessions[3]!.accessToken) });
    await app.jwtRefresh.revokeFamily(byHost, 'password_reset', { actor: 'admin-7' });
    await app.http.delete('/auth/sessions?except=current', { ...CURL, ...bearer(sessions[3]!.accessToken) });
    await app.http.logout('all', { ...CURL, ...bearer(sessions[3]!.accessToken) });
    const revoked = (sessionId: string, reason: string) => ({ ...base(sessionId, 0), type: 'refresh_token.revoked', reason, actor: subject });
    expect(told).toEqual([
      revoked(byToken, 'logout'),
      revoked(byId, 'logout'),
      { ...revoked(byHost, 'password_reset'), actor: 'admin-7', device: null },
      revoked(rest[1]!, 'logout_others'),
      revoked(rest[0]!, 'logout_all'),
    ]);
  });

  it('tell nothing of a revocation that changes nothing', async () => {
    const { refreshToken, sessionId } = await app.login(subject);
    await app.http.logout(refreshToken);
    told = [];
    await app.http.logout(refreshToken);
    await app.jwtRefresh.revokeFamily(sessionId, 'again');
    await app.jwtRefresh.revokeAll(subject);
    expect(told).toEqual([]);
  });

  it('tell of each genuine token that is refused, and why', async () => {
    const refused = (sessionId: string, generation: number, presentedGeneration: number, reason: string) => ({
      ...base(sessionId, generation),
      type: 'refresh_token.refused',
      presentedGeneration,
      reason,
    });
    const closed = await app.login(subject);
    refuseSubject = true;
    told = [];
    await app.http.refresh(closed.refreshToken, CURL);
    refuseSubject = false;
    expect(told).toEqual([refused(closed.sessionId, 0, 0, 'subject_refused')]);

    await app.http.logout(closed.refreshToken);
    told = [];
    await app.http.refresh(closed.refreshToken, CURL);
    expect(told).toEqual([refused(closed.sessionId, 0, 0, 'revoked')]);

    const short = await app.login(subject, { lifetime: 60 });
    app.clock.advance(60);
    told = [];
    await app.http.refresh(short.refreshToken, CURL);
    expect(told).toEqual([refused(short.sessionId, 0, 0, 'expired')]);
  });

  it('tell of a database that has forgotten commits, and call it no reuse', async () => {
    const { refreshToken, sessionId } = await app.login(subject);
    const [before] = await app.rows(subject);
    const forgotten = (await app.http.refresh(refreshToken)).body.refresh_token as string;
    const { generation, tokenHash, rotationNonce, rotatedAt, lastUsed, expiresAt } = before!;
    await app.dataSource
      .getRepository(RefreshToken)
      .update({ id: sessionId }, { generation, tokenHash, rotationNonce, rotatedAt, lastUsed, expiresAt });
    told = [];
    expect((await app.http.refresh(forgotten, CURL)).body.code).toBe('refresh_token_invalid');
    const current = (await app.http.refresh(refreshToken, CURL)).body.refresh_token as string;
    expect((await app.http.refresh(forgotten, CURL)).body.code).toBe('refresh_token_invalid');
    expect(told).toEqual([
      { ...base(sessionId, 0), type: 'refresh_token.refused', presentedGeneration: 1, reason: 'ahead' },
      { ...base(sessionId, 1), type: 'refresh_token.rotated' },
      { ...base(sessionId, 1), type: 'refresh_token.refused', presentedGeneration: 1, reason: 'unknown' },
    ]);
    expect((await app.http.refresh(current)).status).toBe(200);
  });

  it('tell nothing of junk', async () => {
    const { accessToken, refreshToken } = await app.login(subject);
    told = [];
    for (const token of ['junk', accessToken, `${refreshToken}A`, refreshToken.slice(0, -1), '']) await app.http.refresh(token);
    expect(told).toEqual([]);
  });

  it('carry no token and no part of its secret, from login to reuse', async () => {
    const first = await app.login(subject);
    const tokens = [first.accessToken, first.refreshToken];
    for (const sent of [0, 0, 1] as const) {
      const { body } = await app.http.refresh(tokens[1 + 2 * sent]);
      tokens.push(body.access_token as string, body.refresh_token as string);
    }
    await app.http.refresh(first.refreshToken);
    await app.http.logout(tokens.at(-1));
    expect(new Set(told.map(({ type }) => type))).toEqual(
      new Set(['refresh_token.issued', 'refresh_token.rotated', 'refresh_token.retried', 'refresh_token.reused']),
    );
    const minter = app.app.get(TokenMinter);
    const secrets = await Promise.all(tokens.filter((token) => token.startsWith('jrt_')).map(async (token) => (await minter.decode(token))!.secret));
    const said = JSON.stringify(told);
    for (const text of [...tokens, ...secrets.flatMap((secret) => [secret.toString('hex'), secret.toString('base64url')])]) {
      expect(partsOf(text).filter((part) => said.includes(part))).toEqual([]);
    }
  });

  describe('to listeners', () => {
    const whole = async () => (await app.http.refresh((await app.login(subject)).refreshToken)).status;

    it.each<[string, () => unknown]>([
      ['throws', () => raise(new Error('boom'))],
      ['rejects', () => Promise.reject(new Error('boom'))],
      ['throws a text', () => raise('boom')],
      ['never comes back', () => new Promise(() => undefined)],
    ])('break no refresh when one %s, and the others hear all the same', async (_, listener) => {
      const stop = app.app.get(JwtRefreshEvents).onAny(listener as () => void);
      const alsoHeard: string[] = [];
      const stopOther = app.app.get(JwtRefreshEvents).onAny(({ type }) => void alsoHeard.push(type));
      expect(await whole()).toBe(200);
      stop();
      stopOther();
      expect(told.map(({ type }) => type)).toEqual(['refresh_token.issued', 'refresh_token.rotated']);
      expect(alsoHeard).toEqual(['refresh_token.issued', 'refresh_token.rotated']);
      expect(log.join()).not.toContain('boom');
    });

    it('log a listener that fails by the type of its error', async () => {
      const stop = app.app.get(JwtRefreshEvents).on('refresh_token.rotated', () => raise(new RangeError('boom')));
      await whole();
      stop();
      expect(log).toEqual(['error: A listener to refresh_token.rotated failed: RangeError']);
    });

    it('come by type, until they stop listening', async () => {
      const heard: string[] = [];
      const stop = app.app.get(JwtRefreshEvents).on('refresh_token.rotated', ({ type }) => void heard.push(type));
      await whole();
      expect(heard).toEqual(['refresh_token.rotated']);
      stop();
      await whole();
      expect(heard).toHaveLength(1);
    });

    it('do not make the answer wait', async () => {
      let release!: () => void;
      const stop = app.app.get(JwtRefreshEvents).onAny(() => new Promise<void>((resolve) => (release = resolve)));
      expect(await whole()).toBe(200);
      stop();
      release();
    });
  });
});

describeOnEveryDatabase('the audit log', (stack) => {
  let subject: string;

  beforeEach(() => {
    subject = newSubject();
  });

  const start = (audit: { enabled?: boolean; queueLimit?: number }, log: string[] = []) =>
    stack.start({ audit }, { configure: (host) => host.useLogger(loggerInto(log)) });

  /** Logs in, rotates, retries, replays, and logs another session out. */
  async function liveThrough(app: RunningApp): Promise<[string, string]> {
    const [stolen, ended] = [await app.login(subject), await app.login(subject)];
    for (let i = 0; i < 2; i++) await app.http.refresh(stolen.refreshToken, CURL);
    app.clock.advance(30);
    for (let i = 0; i < 2; i++) await app.http.refresh(stolen.refreshToken, CURL);
    await app.http.logout(ended.refreshToken, CURL);
    await app.http.refresh(ended.refreshToken, CURL);
    return [stolen.sessionId, ended.sessionId];
  }

  it('has one line for each event, with who, what, when, whence and why', async () => {
    const app = await start({});
    const born = new Date(app.clock.now());
    const [stolen, ended] = await liveThrough(app);
    const line = (type: string, sessionId: string, generation: number, more = {}) => ({
      id: expect.stringMatching(UUID) as string,
      type: `refresh_token.${type}`,
      at: new Date(born.getTime() + 30_000),
      sessionId,
      subject,
      actor: null,
      reason: null,
      ip: '127.0.0.1',
      generation,
      presentedGeneration: null,
      deviceInfo: BY_CURL,
      details: null,
      ...more,
    });
    expect((await app.audit(subject)).map((record) => ({ ...record }))).toEqual([
      line('issued', stolen, 0, { at: born, ip: null, deviceInfo: null }),
      line('issued', ended, 0, { at: born, ip: null, deviceInfo: null }),
      line('rotated', stolen, 1, { at: born }),
      line('retried', stolen, 1, { at: born }),
      line('reused', stolen, 1, { presentedGeneration: 0, reason: 'late_retry' }),
      line('revoked', ended, 0, { reason: 'logout', actor: subject }),
      line('refused', ended, 0, { presentedGeneration: 0, reason: 'revoked' }),
    ]);
  });

  it('has nothing but reuse when it is off', async () => {
    const app = await start({ enabled: false });
    await liveThrough(app);
    expect(await app.audit(subject)).toMatchObject([{ type: 'refresh_token.reused' }]);
  });

  it('has thirty lines a minute at most of refusals of one session; listeners hear of each', async () => {
    const app = await start({});
    const heard: string[] = [];
    app.app.get(JwtRefreshEvents).on('refresh_token.refused', ({ sessionId }) => void heard.push(sessionId));
    const [loud, quiet] = [await app.login(subject), await app.login(subject)];
    const linesOf = async (id: string) =>
      (await app.audit(subject)).filter(({ type, sessionId }) => type === 'refresh_token.refused' && sessionId === id);
    await app.http.logout('all', bearer(loud.accessToken));
    for (let i = 0; i < 33; i++) await app.http.refresh(loud.refreshToken);
    await app.http.refresh(quiet.refreshToken);
    expect([(await linesOf(loud.sessionId)).length, (await linesOf(quiet.sessionId)).length, heard.length]).toEqual([30, 1, 34]);
    app.clock.advance('1m');
    await app.http.refresh(loud.refreshToken);
    expect(await linesOf(loud.sessionId)).toHaveLength(31);
  });

  it('is written to the end when the app closes', async () => {
    const app = await start({});
    await app.login(subject);
    await app.close();
    const reader = await start({});
    expect(await reader.audit(subject)).toMatchObject([{ type: 'refresh_token.issued' }]);
  });

  describe('while its table takes nothing', () => {
    const HERE = 'refresh_token_events';
    const AWAY = 'refresh_token_events_away';
    const rename = (app: RunningApp, from: string, to: string) => app.dataSource.query(`ALTER TABLE ${from} RENAME TO ${to}`);

    /** Runs `work` without the table of the audit log. */
    async function without(app: RunningApp, work: () => Promise<void>): Promise<void> {
      await rename(app, HERE, AWAY);
      try {
        await work();
        await app.app.get(AuditQueue).flush();
      } finally {
        await rename(app, AWAY, HERE);
      }
    }

    it('keeps the lines and writes them in their order afterwards', async () => {
      const log: string[] = [];
      const app = await start({}, log);
      await without(app, async () => {
        const { refreshToken } = await app.login(subject);
        expect((await app.http.refresh(refreshToken)).status).toBe(200);
      });
      expect((await app.audit(subject)).map(({ type }) => type)).toEqual(['refresh_token.issued', 'refresh_token.rotated']);
      expect(log.join('\n')).toMatch(/^error: The database refused a statement: [A-Z0-9_]+$/);
    });

    it('keeps as many as audit.queueLimit, the newest, and says what it dropped', async () => {
      const log: string[] = [];
      const app = await start({ queueLimit: 3 }, log);
      const sessionIds: string[] = [];
      await without(app, async () => {
        for (let i = 0; i < 5; i++) sessionIds.push((await app.login(subject)).sessionId);
      });
      expect((await app.audit(subject)).map(({ sessionId }) => sessionId)).toEqual(sessionIds.slice(2));
      expect(log.filter((line) => line.startsWith('warn'))).toEqual([
        'warn: The audit queue is full (3): its oldest events are dropped',
        'warn: 2 event(s) did not reach the audit log',
      ]);
    });

    it('says how many lines are lost when the app ends before they could be written', async () => {
      const log: string[] = [];
      const other = await start({});
      const app = await start({}, log);
      await without(other, async () => {
        await app.login(subject);
        await app.login(subject);
        await app.close();
      });
      expect(log.filter((line) => line.includes('audit'))).toEqual(['warn: 2 event(s) did not reach the audit log']);
    });

    it('refuses a replayed token with 503, and revokes its family as soon as that can be recorded', async () => {
      const app = await start({});
      const { refreshToken } = await app.login(subject);
      await app.http.refresh(refreshToken);
      app.clock.advance(30);
      await without(app, async () => {
        expect((await app.http.refresh(refreshToken)).status).toBe(503);
        expect(await app.rows(subject)).toMatchObject([{ revokedAt: null }]);
      });
      expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
      expect((await app.audit(subject)).filter(({ type }) => type === 'refresh_token.reused')).toHaveLength(1);
    });
  });

  it('takes a line, and a reuse is stopped, whatever a host says of the device', async () => {
    const app = await start({});
    const device = { userAgent: 'x'.repeat(600), browser: null, os: null, device: null, ip: '203.0.113.7, '.repeat(10) };
    const { refreshToken } = await app.login(subject, { device });
    await app.jwtRefresh.refresh(refreshToken, { device });
    app.clock.advance(30);
    await expect(app.jwtRefresh.refresh(refreshToken, { device })).rejects.toMatchObject({ code: 'refresh_token_reused' });
    expect((await app.audit(subject)).map(({ type }) => type)).toEqual(['refresh_token.issued', 'refresh_token.rotated', 'refresh_token.reused']);
  });
});

function raise(error: unknown): never {
  throw error;
}

/** Every run of 12 characters. */
function partsOf(text: string): string[] {
  return Array.from({ length: Math.max(1, text.length - 11) }, (_, start) => text.slice(start, start + 12));
}

/** Nest's logger, as lines like `error: …`. */
function loggerInto(lines: string[]): LoggerService {
  const write = (level: string) => (message: unknown) => void lines.push(`${level}: ${String(message)}`);
  return { log: () => undefined, warn: write('warn'), error: write('error'), fatal: write('fatal') };
}
