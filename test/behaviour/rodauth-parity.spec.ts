import { decodeJwt } from 'jose';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  JWT_REFRESH_ENTITIES,
  JWT_REFRESH_MIGRATIONS,
  jwtRefreshEntities,
  jwtRefreshMigrations,
  type JwtRefreshOptions,
  type LegacySession,
} from 'nestjs-jwt-refresh';
import { FakeClock } from 'nestjs-jwt-refresh/testing';
import { DataSource, EntitySchema } from 'typeorm';
import { databaseFromUrl } from '../support/databases';
import { bearer } from '../support/http';
import { LoginController } from '../support/login.controller';
import { ProbeController } from '../support/probe.controller';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const DAY = 86_400;
const secret = (id: string) => ({ id, value: randomBytes(48).toString('base64') });

/** One test or more for each of Rodauth's names in docs/from-rodauth.md. */
describeOnEveryStack("Rodauth's", (stack) => {
  let subject: string;

  beforeEach(() => {
    subject = newSubject();
  });

  const start = (options: Partial<JwtRefreshOptions> & { routes?: { refresh?: string } } = {}) =>
    stack.start(options, { controllers: [ProbeController, LoginController] });
  const login = (app: RunningApp) => app.http.post('/login', { username: subject });
  const seconds = (app: RunningApp) => Math.floor(app.clock.now() / 1000);

  it('jwt_refresh: both tokens are in the body at login and at each refresh, the access token in the Authorization header too', async () => {
    const app = await start();
    const first = await login(app);
    const second = await app.http.refresh(first.body.refresh_token);
    for (const { body, headers } of [first, second]) {
      expect(body).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) });
      expect(headers.get('authorization')).toBe(`Bearer ${body.access_token}`);
    }
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    expect((await app.http.get('/auth/jwt-refresh')).status).toBe(404);
  });

  it('jwt_refresh: using a refresh token invalidates it, and leaves older access tokens valid until they expire', async () => {
    const app = await start({ refreshToken: { graceSeconds: 0 } });
    const { accessToken, refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    expect((await app.http.get('/me', bearer(accessToken))).status).toBe(200);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
  });

  it('jwt_refresh: a user has many refresh tokens at a time', async () => {
    const app = await start();
    const sessions = [await app.login(subject), await app.login(subject), await app.login(subject)];
    for (const { refreshToken } of sessions) expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  it('jwt_access_token_period and jwt_access_token_not_before_period: 1800 and 5 seconds, or others', async () => {
    for (const [lifetime, notBeforeLeeway] of [
      [undefined, undefined],
      ['10m', 30],
    ] as const) {
      // prettier-ignore
      const app = await start({ accessToken: { lifetime, notBeforeLeeway } });
      const { iat, exp, nbf } = decodeJwt((await app.login(subject)).accessToken) as Record<string, number>;
      expect([exp! - iat!, iat! - nbf!]).toEqual([lifetime ? 600 : 1800, notBeforeLeeway ?? 5]);
      expect(iat).toBe(seconds(app));
    }
  });

  it('jwt_access_token_key, jwt_refresh_token_key and jwt_refresh_token_key_param: the names in answers and requests', async () => {
    const app = await start({ response: { accessTokenProp: 'jwt', refreshTokenProp: 'renewal' }, request: { refreshTokenParam: 'renew_with' } });
    const { body } = await login(app);
    expect(Object.keys(body)).toEqual(expect.arrayContaining(['jwt', 'renewal']));
    expect((await app.http.refresh(body.renewal)).body.code).toBe('refresh_token_missing');
    expect((await app.http.post('/auth/jwt-refresh', { renew_with: body.renewal })).body).toMatchObject({ jwt: expect.any(String) });
  });

  it('jwt_refresh_route: the route', async () => {
    const app = await start({ routes: { refresh: 'renew' } });
    const { refreshToken } = await app.login(subject);
    expect((await app.http.refresh(refreshToken)).status).toBe(404);
    expect((await app.http.post('/auth/renew', { refresh_token: refreshToken })).status).toBe(200);
  });

  it('jwt_refresh_token_deadline_interval: 14 days from the last refresh, or others', async () => {
    for (const days of [14, 3]) {
      const app = await start(days === 14 ? {} : { refreshToken: { lifetime: `${days}d` } });
      const { refreshToken } = await app.login(subject);
      app.clock.advance(days * DAY - 1);
      const { body } = await app.http.refresh(refreshToken);
      expect(body.refresh_expires_in).toBe(days * DAY);
      app.clock.advance(days * DAY);
      expect((await app.http.refresh(body.refresh_token)).body.code).toBe('refresh_token_expired');
    }
  });

  it('jwt_refresh_invalid_token_message: the sentence and status for a token that is unknown, forged or expired', async () => {
    const override = { status: 400, message: 'invalid JWT refresh token' };
    const app = await start({ errors: { refresh_token_invalid: override, refresh_token_expired: override } });
    const { refreshToken } = await app.login(subject, { lifetime: 60 });
    app.clock.advance(60);
    for (const token of ['1_2_3', `${refreshToken}x`, refreshToken]) {
      expect(await app.http.refresh(token)).toMatchObject({ status: 400, body: { statusCode: 400, message: 'invalid JWT refresh token' } });
    }
  });

  it('jwt_refresh_without_access_token_message and _status: a refresh needs a valid access token, or the host says what is wrong', async () => {
    const without = { status: 422, message: 'no JWT access token provided during refresh' };
    const expired = { status: 403, message: 'expired JWT access token' };
    const app = await start({ accessTokenOnRefresh: 'require', errors: { access_token_missing: without, access_token_expired: expired } });
    const { accessToken, refreshToken } = await app.login(subject);
    expect(await app.http.refresh(refreshToken)).toMatchObject({ status: 422, body: { message: without.message } });
    expect((await app.http.refresh(refreshToken, bearer(accessToken))).status).toBe(200);
    app.clock.advance(1800);
    expect(await app.http.refresh(refreshToken, bearer(accessToken))).toMatchObject({ status: 403, body: { message: expired.message } });
  });

  it('allow_refresh_with_expired_jwt_access_token?: an expired access token will do, but it must be of this session', async () => {
    const app = await start({ accessTokenOnRefresh: 'allow-expired' });
    const [mine, other] = [await app.login(subject), await app.login(subject)];
    app.clock.advance(3600);
    expect((await app.http.refresh(mine.refreshToken)).body.code).toBe('access_token_missing');
    expect((await app.http.refresh(mine.refreshToken, bearer(other.accessToken))).body.code).toBe('access_token_invalid');
    expect((await app.http.refresh(mine.refreshToken, bearer(mine.accessToken))).status).toBe(200);
  });

  it('hmac_old_secret and jwt_old_secret: tokens of an old secret live on, and new ones are made with the new one', async () => {
    const [before, after] = [secret('2025'), secret('2026')];
    const { accessToken, refreshToken } = await (await start({ secret: [before] })).login(subject);
    const both = await start({ secret: [after, before] });
    expect((await both.http.get('/me', bearer(accessToken))).status).toBe(200);
    const { body } = await both.http.refresh(refreshToken);
    const newOnly = await start({ secret: [after] });
    expect((await newOnly.http.refresh(refreshToken)).body.code).toBe('refresh_token_invalid');
    expect((await newOnly.http.refresh(body.refresh_token)).status).toBe(200);
  });

  it('account_from_refresh_token: an account that is closed gets no new tokens', async () => {
    const open = new Set([subject]);
    const app = await start({ hooks: { resolveSubject: (session) => (open.has(session.subject) ? {} : null) } });
    const { refreshToken } = await app.login(subject);
    open.delete(subject);
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_invalid');
    open.add(subject);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  it('after_close_account: all refresh tokens of the account end, and its access tokens', async () => {
    const app = await start();
    const { accessToken, refreshToken } = await app.login(subject);
    await app.jwtRefresh.revokeAll(subject, { reason: 'account_closed' });
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.get('/me', bearer(accessToken))).body.code).toBe('access_token_revoked');
  });

  it('after_change_password: all other sessions of the account end, the one at work lives on', async () => {
    const app = await start();
    const [here, elsewhere] = [await app.login(subject), await app.login(subject)];
    await app.jwtRefresh.revokeAll(subject, { reason: 'password_changed', except: here.sessionId });
    expect((await app.http.refresh(elsewhere.refreshToken)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.get('/me', bearer(elsewhere.accessToken))).body.code).toBe('access_token_revoked');
    expect((await app.http.refresh(here.refreshToken)).status).toBe(200);
  });

  it('after_change_login: sessions live on, and their next access tokens tell the new login', async () => {
    const account = { email: 'old@example.com' };
    const app = await start({ hooks: { resolveSubject: () => ({ email: account.email }) } });
    const { refreshToken } = await app.login(subject);
    account.email = 'new@example.com';
    const { body } = await app.http.refresh(refreshToken);
    expect((await app.http.get('/me', bearer(body.access_token))).body).toMatchObject({ sub: subject, email: 'new@example.com' });
  });

  it('before_jwt_refresh_route, before_refresh_token and after_refresh_token: in this order', async () => {
    const calls: string[] = [];
    const note = (name: string) => () => void calls.push(name);
    const hooks = { beforeRefreshRoute: note('route'), beforeRotate: note('before'), afterRotate: note('after') };
    const app = await start({ hooks });
    await app.http.refresh((await app.login(subject)).refreshToken);
    expect(calls).toEqual(['route', 'before', 'after']);
  });

  it('active_sessions: older access tokens end as soon as the refresh token is used', async () => {
    const app = await start({ revocation: { check: 'strict', superseded: 'reject' } });
    const { accessToken, refreshToken } = await app.login(subject);
    const { body } = await app.http.refresh(refreshToken);
    expect((await app.http.get('/me', bearer(accessToken))).status).toBe(401);
    expect((await app.http.get('/me', bearer(body.access_token))).status).toBe(200);
  });

  it('session_inactivity_deadline and session_lifetime_deadline: the idle and the absolute end', async () => {
    const app = await start({ refreshToken: { lifetime: '2d', maxLifetime: '3d' } });
    const { refreshToken } = await app.login(subject);
    app.clock.advance(1.5 * DAY);
    const { body } = await app.http.refresh(refreshToken);
    expect(body.refresh_expires_in).toBe(1.5 * DAY);
    app.clock.advance(1.5 * DAY);
    expect((await app.http.refresh(body.refresh_token)).body.code).toBe('refresh_token_expired');
  });

  it('logout with a refresh token: ends that one and no other', async () => {
    const app = await start();
    const [mine, other] = [await app.login(subject), await app.login(subject)];
    expect((await app.http.logout(mine.refreshToken, bearer(mine.accessToken))).status).toBe(204);
    expect((await app.http.refresh(mine.refreshToken)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.refresh(other.refreshToken)).status).toBe(200);
  });

  it('logout with all: ends every refresh token of the account, and asks for an access token', async () => {
    const app = await start();
    const [mine, other, stranger] = [await app.login(subject), await app.login(subject), await app.login(newSubject())];
    expect((await app.http.logout('all')).body.code).toBe('access_token_missing');
    expect((await app.http.logout('all', bearer(mine.accessToken))).status).toBe(204);
    for (const { refreshToken } of [mine, other]) expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.refresh(stranger.refreshToken)).status).toBe(200);
  });

  it('jwt_refresh_token_table and its columns: the names in the database', async () => {
    const columns = { id: 'token_id', subject: 'account_id', tokenHash: 'key', expiresAt: 'deadline' };
    const table = { name: 'account_jwt_refresh_tokens', eventsName: 'account_jwt_refresh_events', statsName: 'account_jwt_refresh_stats', columns };
    const database = { entities: jwtRefreshEntities(table), migrations: jwtRefreshMigrations(table) } as never;
    const app = await stack.start({}, { database });
    const { refreshToken, sessionId } = await app.login(subject);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
    const rows: Record<string, unknown>[] = await app.dataSource.query('SELECT * FROM account_jwt_refresh_tokens');
    expect((rows[0]!.token_id as Buffer).toString('hex')).toBe(sessionId.replaceAll('-', ''));
    expect(rows).toMatchObject([{ account_id: subject, key: expect.any(Buffer), deadline: expect.anything() }]);
  });

  describe('own refresh tokens', () => {
    // Some databases keep whole seconds.
    const clock = new FakeClock(new Date(Math.floor(Date.now() / 1000) * 1000));
    const hmacSecret = randomBytes(48).toString('base64');
    let accounts: DataSource;
    let app: RunningApp;
    let nextAccount = 0;

    beforeAll(async () => {
      accounts = await new DataSource({ ...databaseFromUrl(stack.url), entities: [RodauthKey], synchronize: true } as never).initialize();
      const entities = [...JWT_REFRESH_ENTITIES];
      const migrations = [...JWT_REFRESH_MIGRATIONS];
      app = await stack.start({ clock, hooks: { adoptLegacyToken } }, { database: { entities, migrations } as never });
    });
    afterAll(() => accounts.destroy());

    const hmac = (key: string) => createHmac('sha256', hmacSecret).update(key).digest('base64url');

    /** As in docs/from-rodauth.md. */
    async function adoptLegacyToken(token: string): Promise<LegacySession | null> {
      const [, account, id, mac] = /^(\d{1,15})_(\d{1,15})_([\w-]{43})$/.exec(token) ?? [];
      if (!mac) return null;
      const row = await accounts.getRepository(RodauthKey).findOneBy({ id: Number(id), accountId: Number(account) });
      if (!row || row.deadline.getTime() <= clock.now() || !timingSafeEqual(Buffer.from(hmac(row.key)), Buffer.from(mac))) return null;
      return { subject: String(row.accountId), issuedAt: new Date(row.deadline.getTime() - 14 * DAY * 1000), tokenId: String(row.id) };
    }

    /** What Rodauth does at login when it has an hmac_secret. */
    async function rodauthLogin(deadline = new Date(clock.now() + 10 * DAY * 1000)): Promise<{ token: string; account: string }> {
      const key = randomBytes(32).toString('base64url');
      const accountId = ++nextAccount * 1000 + process.pid;
      const row = await accounts.getRepository(RodauthKey).save({ accountId, key, deadline });
      return { token: `${accountId}_${row.id}_${hmac(key)}`, account: String(accountId) };
    }

    it('are exchanged once, and refused the second time', async () => {
      const { token, account } = await rodauthLogin();
      const first = await app.http.refresh(token);
      expect(first.status).toBe(200);
      expect((await app.http.get('/me', bearer(first.body.access_token))).body.sub).toBe(account);
      expect((await app.http.refresh(token)).body.code).toBe('refresh_token_invalid');
      expect((await app.http.refresh(`0${token}`)).body.code).toBe('refresh_token_invalid');
      expect((await app.http.refresh(first.body.refresh_token)).status).toBe(200);
      expect(await app.rows(account)).toMatchObject([{ createdAt: new Date(clock.now() - 4 * DAY * 1000), generation: 1 }]);
    });

    it('are refused past their deadline, and with another key', async () => {
      const late = await rodauthLogin(new Date(clock.now() - 1000));
      const forged = (await rodauthLogin()).token.replace(/.{43}$/, hmac('guess'));
      for (const token of [late.token, forged]) expect((await app.http.refresh(token)).body.code).toBe('refresh_token_invalid');
    });
  });
});

interface RodauthRow {
  id: number;
  accountId: number;
  key: string;
  deadline: Date;
}

const RodauthKey = new EntitySchema<RodauthRow>({
  name: 'RodauthKey',
  tableName: 'account_jwt_refresh_keys',
  columns: {
    id: { type: Number, primary: true, generated: true },
    accountId: { type: Number, name: 'account_id' },
    key: { type: String },
    deadline: { type: Date },
  },
});
