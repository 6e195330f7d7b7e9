import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  type ModuleMetadata,
  UseGuards,
  VersioningType,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import {
  JwtAuthGuard,
  JWT_REFRESH_ENTITIES,
  JWT_REFRESH_MIGRATIONS,
  JwtRefreshModule,
  type JwtRefreshExtras,
  type JwtRefreshModuleAsyncOptions,
  type JwtRefreshOptions,
  JwtRefreshService,
} from 'nestjs-jwt-refresh';
import { createTestApp, type TestAppOptions } from 'nestjs-jwt-refresh/testing';
import { databaseFromUrl } from '../support/databases';
import { bearer, HttpClient } from '../support/http';
import { LoginController } from '../support/login.controller';
import { describeOnEveryAdapter, newSubject, type RunningApp, type Stack } from '../support/stack';

const options = (changes: Partial<JwtRefreshOptions> = {}): JwtRefreshOptions => ({
  secret: randomBytes(48).toString('base64'),
  issuer: 'https://api.example',
  audience: 'web',
  ...changes,
});

/** A host's own module whose route asks for the service and the guard. */
function feature(imports: ModuleMetadata['imports'] = [], path = 'feature') {
  @Controller(path)
  @UseGuards(JwtAuthGuard)
  class FeatureController {
    constructor(@Inject(JwtRefreshService) private readonly jwtRefresh: JwtRefreshService) {}

    @Get()
    hasService(): boolean {
      return this.jwtRefresh instanceof JwtRefreshService;
    }
  }
  return { module: class FeatureModule {}, controllers: [FeatureController], imports };
}

describeOnEveryAdapter('options in use', (stack) => {
  let subject: string;

  beforeEach(() => {
    subject = newSubject();
  });

  /** Refreshes, lists sessions and logs out at the given paths. */
  async function expectWholeLife(app: RunningApp, paths: { refresh: string; sessions: string; logout: string }): Promise<void> {
    const { refreshToken } = await app.login(subject);
    const refreshed = await app.http.post(paths.refresh, { refresh_token: refreshToken });
    expect(refreshed.status).toBe(200);
    const sessions = await app.http.get(paths.sessions, bearer(refreshed.body.access_token));
    expect(sessions.body.data).toMatchObject([{ current: true }]);
    expect((await app.http.post(paths.logout, { refresh_token: refreshed.body.refresh_token })).status).toBe(204);
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
  }

  describe('routes', () => {
    const DEFAULT_ROUTES = { refresh: '/auth/jwt-refresh', sessions: '/auth/sessions', logout: '/auth/logout' };

    it('are below a global prefix', async () => {
      const app = await stack.start({}, { configure: (host) => host.setGlobalPrefix('api/v1') });
      await expectWholeLife(app, { refresh: '/api/v1/auth/jwt-refresh', sessions: '/api/v1/auth/sessions', logout: '/api/v1/auth/logout' });
      expect((await app.http.refresh('x')).status).toBe(404);
    });

    it.each([undefined, '1', ['1', '2']])('stay where they are with URI versioning (default version %j)', async (defaultVersion) => {
      const app = await stack.start({}, { configure: (host) => host.enableVersioning({ type: VersioningType.URI, defaultVersion }) });
      await expectWholeLife(app, DEFAULT_ROUTES);
    });

    it('stay where they are with header versioning', async () => {
      const configure = (host: INestApplication) => host.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version', defaultVersion: '1' });
      await expectWholeLife(await stack.start({}, { configure }), DEFAULT_ROUTES);
    });

    it.each([
      ['login/v2', '/login/v2'],
      ['/login/', '/login'],
      ['', ''],
      ['/', ''],
    ])('move with path %j', async (path, base) => {
      const app = await stack.start({ path });
      await expectWholeLife(app, { refresh: `${base}/jwt-refresh`, sessions: `${base}/sessions`, logout: `${base}/logout` });
    });

    it('take other names, and then the usual ones are free', async () => {
      const routes = { refresh: 'token', logout: 'revoke', sessions: 'devices/mine' };
      const app = await stack.start({ path: 'oauth', routes, controllers: { oauth: false } });
      await expectWholeLife(app, { refresh: '/oauth/token', sessions: '/oauth/devices/mine', logout: '/oauth/revoke' });
      const { accessToken, refreshToken } = await app.login(subject);
      for (const path of ['/oauth/jwt-refresh', '/oauth/logout', '/auth/jwt-refresh', '/auth/logout']) {
        expect((await app.http.post(path, { refresh_token: refreshToken })).status).toBe(404);
      }
      expect((await app.http.get('/oauth/sessions', bearer(accessToken))).status).toBe(404);
    });

    it('stop the boot where two of them would share a path', async () => {
      const start = (extras: JwtRefreshExtras) => startWith(stack, [JwtRefreshModule.forRoot({ ...options(), ...extras })]);
      await expect(start({ path: '/oauth/', routes: { logout: 'revoke' } })).rejects.toThrow('oauthPath makes an OAuth route of /oauth/revoke');
      const { app } = await start({ path: 'oauth', routes: { logout: 'revoke' }, oauthPath: 'oauth2' });
      await app.close();
    });

    it('keep their usual path and names when the host gives undefined', async () => {
      const app = await stack.start({
        path: undefined,
        routes: { refresh: undefined, logout: undefined, sessions: undefined },
        controllers: undefined,
      });
      await expectWholeLife(app, DEFAULT_ROUTES);
    });

    it('of refresh and logout are gone when their controller is off', async () => {
      const app = await stack.start({ controllers: { refresh: false } });
      const { accessToken, refreshToken } = await app.login(subject);
      expect((await app.http.refresh(refreshToken)).status).toBe(404);
      expect((await app.http.logout(refreshToken)).status).toBe(404);
      expect((await app.http.get('/auth/sessions', bearer(accessToken))).status).toBe(200);
      expect((await app.jwtRefresh.refresh(refreshToken)).sessionId).toEqual(expect.any(String));
    });

    it('of sessions are gone when their controller is off', async () => {
      const app = await stack.start({ controllers: { sessions: false } });
      const { accessToken, refreshToken, sessionId } = await app.login(subject);
      expect((await app.http.get('/auth/sessions', bearer(accessToken))).status).toBe(404);
      expect((await app.http.delete('/auth/sessions', bearer(accessToken))).status).toBe(404);
      expect((await app.http.delete(`/auth/sessions/${sessionId}`, bearer(accessToken))).status).toBe(404);
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
    });

    it('answer 404 to a guest once globalGuard is on as well, and the module stays open to those who have no access token', async () => {
      const app = await stack.start({ globalGuard: true });
      const { refreshToken } = await app.login(subject);
      expect((await app.http.get('/nowhere')).status).toBe(404);
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
      expect((await app.http.logout(refreshToken)).status).toBe(204);
      expect((await app.http.get('/public')).status).toBe(200);
    });
  });

  describe('a token response', () => {
    const refreshedWith = async (app: RunningApp) => app.http.refresh((await app.login(subject)).refreshToken);
    const times = { token_type: 'Bearer', expires_in: 1800, refresh_expires_in: 14 * 86_400 };
    const text = expect.any(String) as unknown;

    it.each([
      ['accessToken', 'refreshToken', { accessToken: text, refreshToken: text }],
      ['token.access', 'token.refresh', { token: { access: text, refresh: text } }],
      ['data.tokens.a', 'data.r', { data: { tokens: { a: text }, r: text } }],
      ['access_token', 'offline.token', { access_token: text, offline: { token: text } }],
    ])('has the tokens at %s and %s', async (accessTokenProp, refreshTokenProp, tokens) => {
      const answer = await refreshedWith(await stack.start({ response: { accessTokenProp, refreshTokenProp } }));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...tokens, ...times });
    });

    it('has the same names behind a ClassSerializerInterceptor, which knows no toJSON()', async () => {
      const serialize = (host: INestApplication) => host.useGlobalInterceptors(new ClassSerializerInterceptor(host.get(Reflector)));
      const response = { accessTokenProp: 'token.access', refreshTokenProp: 'token.refresh' };
      const app = await stack.start({ response }, { controllers: [LoginController], configure: serialize });
      const login = await app.http.post('/login', { username: subject });
      const answer = await app.http.refresh(login.body.token.refresh);
      for (const { body } of [login, answer]) expect(body).toEqual({ token: { access: text, refresh: text }, ...times });
    });

    it('has the access token as a header unless that is off', async () => {
      const on = await refreshedWith(await stack.start());
      expect(on.headers.get('authorization')).toBe(`Bearer ${on.body.access_token}`);
      const off = await refreshedWith(await stack.start({ response: { authorizationHeader: false } }));
      expect(off.status).toBe(200);
      expect(off.headers.has('authorization')).toBe(false);
      expect(off.headers.get('cache-control')).toBe('no-store');
    });
  });

  describe('request.refreshTokenParam', () => {
    it('names the member of a JSON body or form, for refresh and logout, and no other is read', async () => {
      const app = await stack.start({ request: { refreshTokenParam: 'token' } });
      const first = await app.login(subject);
      expect((await app.http.refresh(first.refreshToken)).body.code).toBe('refresh_token_missing');
      expect((await app.http.logout(first.refreshToken)).body.code).toBe('refresh_token_missing');
      const second = await app.http.post('/auth/jwt-refresh', { token: first.refreshToken });
      expect(second.status).toBe(200);
      const third = await app.http.postForm('/auth/jwt-refresh', `token=${second.body.refresh_token}`);
      expect(third.status).toBe(200);
      expect((await app.http.postForm('/auth/logout', `token=${third.body.refresh_token}`)).status).toBe(204);
      expect(await app.rows(subject)).toMatchObject([{ generation: 2, revokedReason: 'logout' }]);
    });

    it('may be a path into the body', async () => {
      const app = await stack.start({ request: { refreshTokenParam: 'data.tokens.refresh' } });
      const { refreshToken } = await app.login(subject);
      const misses = [{}, { data: null }, { data: 'x' }, { data: [] }, { data: { tokens: refreshToken } }, { 'data.tokens.refresh': refreshToken }];
      for (const body of misses) {
        expect((await app.http.post('/auth/jwt-refresh', body)).body.code).toBe('refresh_token_missing');
      }
      expect((await app.http.post('/auth/jwt-refresh', { data: { tokens: { refresh: refreshToken } } })).status).toBe(200);
    });

    it.each(['toString', 'hasOwnProperty', 'valueOf'])('reads no inherited member: %s', async (refreshTokenParam) => {
      const app = await stack.start({ request: { refreshTokenParam } });
      expect((await app.http.post('/auth/jwt-refresh', {})).body.code).toBe('refresh_token_missing');
    });
  });

  describe('errors', () => {
    let app: RunningApp;

    beforeAll(async () => {
      app = await stack.start({
        errors: {
          refresh_token_missing: { status: 422, message: 'Bitte ein Token schicken.' },
          refresh_token_invalid: { status: 400 },
          refresh_token_revoked: { message: 'Die Sitzung ist beendet – „adieu“.' },
          access_token_missing: { status: 403 },
          access_token_invalid: { message: 'Ungültiges "Token"\\ 🚫' },
          access_token_revoked: { status: undefined, message: undefined },
          session_not_found: { status: 410, message: 'Weg.' },
        },
      });
    });

    it('change status and sentence on the refresh route', async () => {
      const missing = await app.http.post('/auth/jwt-refresh', {});
      expect(missing).toMatchObject({ status: 422, body: { statusCode: 422, error: 'Unprocessable Entity', code: 'refresh_token_missing' } });
      expect(missing.body.message).toBe('Bitte ein Token schicken.');
      const invalid = await app.http.refresh('x');
      expect(invalid).toMatchObject({ status: 400, body: { statusCode: 400, error: 'Bad Request', code: 'refresh_token_invalid' } });
      expect(invalid.headers.has('www-authenticate')).toBe(false);
      const { refreshToken } = await app.login(subject);
      await app.http.logout(refreshToken);
      const revoked = await app.http.refresh(refreshToken);
      expect(revoked).toMatchObject({ status: 401, body: { statusCode: 401, message: 'Die Sitzung ist beendet – „adieu“.' } });
      expect(revoked.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('change them in the guard, whose challenge stays plain ASCII', async () => {
      const missing = await app.http.get('/me');
      expect(missing).toMatchObject({ status: 403, body: { statusCode: 403, error: 'Forbidden', code: 'access_token_missing' } });
      expect(missing.headers.has('www-authenticate')).toBe(false);
      const invalid = await app.http.get('/me', bearer('x'));
      expect(invalid).toMatchObject({ status: 401, body: { message: 'Ungültiges "Token"\\ 🚫' } });
      expect(invalid.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", error_description="Ung ltiges {2}Token {2,}"$/);
    });

    it('change them on the sessions routes', async () => {
      const { accessToken } = await app.login(subject);
      const answer = await app.http.delete('/auth/sessions/x', bearer(accessToken));
      expect(answer).toMatchObject({ status: 410, body: { statusCode: 410, error: 'Gone', code: 'session_not_found', message: 'Weg.' } });
    });

    it('change nothing where they are undefined', async () => {
      const { accessToken, refreshToken } = await app.login(subject);
      await app.http.logout(refreshToken);
      const answer = await app.http.get('/me', bearer(accessToken));
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({
        statusCode: 401,
        error: 'Unauthorized',
        code: 'access_token_revoked',
        message: 'The session of this access token has ended. Log in again.',
      });
    });
  });

  describe('audience', () => {
    it('as a list: the first is given, each is accepted, any other is not', async () => {
      const app = await stack.start({ audience: ['web', 'mobile'] });
      const web = await app.login(subject);
      const mobile = await app.login(subject, { audience: 'mobile' });
      const other = await app.login(subject, { audience: 'partner' });
      expect((await app.http.get('/me', bearer(web.accessToken))).body.aud).toBe('web');
      expect((await app.http.get('/me', bearer(mobile.accessToken))).body.aud).toBe('mobile');
      expect((await app.http.get('/me', bearer(other.accessToken))).body.code).toBe('access_token_invalid');
      expect((await app.http.get('/mobile', bearer(mobile.accessToken))).status).toBe(200);
      expect((await app.http.get('/mobile', bearer(web.accessToken))).body.code).toBe('access_token_invalid');
    });

    it('of a session stays the same through refreshes', async () => {
      const app = await stack.start({ audience: ['web', 'mobile'] });
      const { refreshToken } = await app.login(subject, { audience: 'mobile' });
      const { body } = await app.http.refresh(refreshToken);
      expect((await app.http.get('/mobile', bearer(body.access_token))).body).toEqual({ aud: 'mobile' });
    });
  });

  describe('maxSessionsPerSubject', () => {
    const LIMIT = 2;
    let app: RunningApp;

    beforeAll(async () => {
      app = await stack.start({ maxSessionsPerSubject: LIMIT });
    });

    /** Logs in a second after whatever came before. */
    async function login(input = {}) {
      app.clock.advance(1);
      return app.login(subject, input);
    }
    const evicted = async () => (await app.rows(subject)).filter(({ revokedReason }) => revokedReason === 'session_limit').map(({ id }) => id);

    it('ends the session that was used longest ago; a session never used counts from its login', async () => {
      const [first, second] = [await login(), await login()];
      app.clock.advance(1);
      await app.http.refresh(first.refreshToken);
      const third = await login();
      expect(await evicted()).toEqual([second.sessionId]);
      await login();
      expect(await evicted()).toEqual([first.sessionId, second.sessionId]);
      await login();
      expect(await evicted()).toEqual([first.sessionId, second.sessionId, third.sessionId]);
    });

    it('goes by age among sessions of the same instant and never ends the one that has just begun', async () => {
      const sessions = [];
      for (let i = 0; i < 5; i++) sessions.push(await app.login(subject));
      expect(await evicted()).toEqual(sessions.slice(0, 3).map(({ sessionId }) => sessionId));
    });

    it('says so to the session it ends, at once', async () => {
      const ended = await login();
      await login();
      await login({ request: { headers: { 'user-agent': 'curl/8.5.0' } } });
      expect((await app.http.get('/me', bearer(ended.accessToken))).body.code).toBe('access_token_revoked');
      expect((await app.http.refresh(ended.refreshToken)).body.code).toBe('refresh_token_revoked');
      expect(await app.audit(subject)).toContainEqual(
        expect.objectContaining({
          type: 'refresh_token.revoked',
          sessionId: ended.sessionId,
          reason: 'session_limit',
          actor: null,
          deviceInfo: expect.objectContaining({ userAgent: 'curl/8.5.0' }),
        }),
      );
    });

    it('counts no session that has expired or was logged out, and nobody else', async () => {
      const short = await login({ lifetime: 60 });
      const gone = await login();
      await app.http.logout(gone.refreshToken);
      app.clock.advance(60);
      const other = newSubject();
      await app.login(other);
      await login();
      await login();
      expect(await evicted()).toEqual([]);
      expect((await app.http.refresh(short.refreshToken)).body.code).toBe('refresh_token_expired');
      expect(await app.rows(other)).toMatchObject([{ revokedAt: null }]);
    });

    it('ends all beyond a limit that was lowered, at the next login', async () => {
      const { app: host } = app;
      const generous = await stack.start();
      const sessions = [];
      for (let i = 0; i < 5; i++) {
        generous.clock.advance(1);
        sessions.push(await generous.login(subject));
      }
      app.clock.set(new Date(generous.clock.now() + 1000));
      const newest = await host.get(JwtRefreshService).issue({ subject });
      const live = (await app.rows(subject)).filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id);
      expect(live).toEqual([sessions[4]!.sessionId, newest.sessionId]);
    });
  });

  describe('registration', () => {
    it('takes another data source by its name', async () => {
      const database = { ...databaseFromUrl(stack.url), name: 'sessions', migrationsRun: true } as TestAppOptions['database'];
      const app = await createTestApp({ adapter: adapterOf(stack), database, jwtRefresh: { dataSource: 'sessions' } });
      const { refreshToken } = await app.jwtRefresh.issue({ subject });
      expect((await new HttpClient(app.url).refresh(refreshToken)).status).toBe(200);
      await app.close();
    });

    @Injectable()
    class Options {
      create(): Promise<JwtRefreshOptions> {
        return Promise.resolve(options({ issuer: 'https://class.example' }));
      }
    }
    const ISSUER = 'issuer';
    const settings = {
      module: class SettingsModule {},
      providers: [{ provide: ISSUER, useValue: 'https://factory.example' }, Options],
      exports: [ISSUER, Options],
    };

    it.each<[string, JwtRefreshModuleAsyncOptions, string]>([
      [
        'useFactory with inject',
        { imports: [settings], inject: [ISSUER], useFactory: async (issuer: unknown) => options({ issuer: issuer as string }) },
        'https://factory.example',
      ],
      ['useClass', { useClass: Options }, 'https://class.example'],
      ['useExisting', { imports: [settings], useExisting: Options }, 'https://class.example'],
    ])('works through forRootAsync() and %s, with the extras beside it', async (_, asyncOptions, issuer) => {
      const { app, http } = await startWith(stack, [JwtRefreshModule.forRootAsync({ ...asyncOptions, path: 'tokens' })]);
      const { refreshToken } = await app.get(JwtRefreshService).issue({ subject });
      const { status, body } = await http.post('/tokens/jwt-refresh', { refresh_token: refreshToken });
      expect(status).toBe(200);
      expect(await app.get(JwtRefreshService).verifyAccessToken(body.access_token)).toMatchObject({ iss: issuer, sub: subject, gen: 1 });
      await app.close();
    });

    it.each([true, undefined])("is seen in a host's own modules with isGlobal %j", async (isGlobal) => {
      const { app, http } = await startWith(stack, [JwtRefreshModule.forRoot({ ...options(), isGlobal }), feature()]);
      const { accessToken } = await app.get(JwtRefreshService).issue({ subject });
      expect((await http.get('/feature', bearer(accessToken))).body).toBe(true);
      await app.close();
    });

    it('is seen only where it is imported with isGlobal false', async () => {
      const jwtRefresh = JwtRefreshModule.forRoot({ ...options(), isGlobal: false });
      await expect(startWith(stack, [jwtRefresh, feature()])).rejects.toThrow(/^Nest can't resolve dependencies .* in the FeatureModule module/);
      const { app, http } = await startWith(stack, [jwtRefresh, feature([jwtRefresh])]);
      const { accessToken } = await app.get(JwtRefreshService).issue({ subject });
      expect((await http.get('/feature', bearer(accessToken))).status).toBe(200);
      await app.close();
    });

    it('works twice in one app, and neither takes the tokens of the other', async () => {
      const web = JwtRefreshModule.forRoot({ ...options(), isGlobal: false });
      const controllers = { oauth: false, jwks: false };
      const partner = JwtRefreshModule.forRoot({ ...options({ issuer: 'https://partner.example' }), isGlobal: false, path: 'partner', controllers });
      const { app, http } = await startWith(stack, [web, partner, feature([web]), feature([partner], 'partner-feature')]);
      const mine = await serviceIn(app, web).issue({ subject });
      const theirs = await serviceIn(app, partner).issue({ subject });
      const refresh = (path: string, refresh_token: string) => http.post(`${path}/jwt-refresh`, { refresh_token });
      expect((await refresh('/partner', mine.refreshToken)).body.code).toBe('refresh_token_invalid');
      expect((await refresh('/auth', theirs.refreshToken)).body.code).toBe('refresh_token_invalid');
      expect((await http.get('/partner-feature', bearer(mine.accessToken))).body.code).toBe('access_token_invalid');
      expect((await http.get('/feature', bearer(theirs.accessToken))).body.code).toBe('access_token_invalid');
      const sessions = await serviceIn(app, web).sessions(subject);
      expect(sessions.map(({ generation }) => generation)).toEqual([0, 0]);
      expect((await refresh('/auth', mine.refreshToken)).status).toBe(200);
      expect((await refresh('/partner', theirs.refreshToken)).status).toBe(200);
      expect((await http.get('/feature', bearer(mine.accessToken))).status).toBe(200);
      expect((await http.get('/partner-feature', bearer(theirs.accessToken))).status).toBe(200);
      await app.close();
    });
  });
});

const adapterOf = ({ adapter }: Stack) => (adapter === 'fastify' ? new FastifyAdapter() : undefined);

/** An app of the given modules and a data source, the way a host writes it. The caller closes it. */
async function startWith(stack: Stack, imports: NonNullable<ModuleMetadata['imports']>): Promise<{ app: INestApplication; http: HttpClient }> {
  const database = TypeOrmModule.forRoot({
    ...databaseFromUrl(stack.url),
    entities: [...JWT_REFRESH_ENTITIES],
    migrations: [...JWT_REFRESH_MIGRATIONS],
    migrationsRun: true,
    retryAttempts: 0,
  });
  const module = { module: class AppModule {}, imports: [database, ...imports] };
  const adapter = adapterOf(stack);
  const nestOptions = { logger: false, abortOnError: false } as const;
  const app: INestApplication = await (adapter ? NestFactory.create(module, adapter, nestOptions) : NestFactory.create(module, nestOptions));
  await app.listen(0, '127.0.0.1');
  return { app, http: new HttpClient(await app.getUrl()) };
}

/** The service of one of several registrations. */
function serviceIn(app: INestApplication, registration: ReturnType<typeof JwtRefreshModule.forRoot>): JwtRefreshService {
  return app.select(registration).get(JwtRefreshService, { strict: true });
}
