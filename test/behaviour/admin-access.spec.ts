import { type LoggerService, Module, UnauthorizedException, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import { type AdminOptions, JWT_REFRESH_ENTITIES, JwtRefreshModule, type JwtRefreshModuleOptions } from 'nestjs-jwt-refresh';
import { JWT_REFRESH_MIGRATIONS } from '../../src/migrations';
import { createTestApp, loginAs, signTestToken } from 'nestjs-jwt-refresh/testing';
import { ADMIN_ROOT, ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { type Answer, bearer, HttpClient } from '../support/http';
import { describeOnEveryAdapter, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const SECRET = randomBytes(48).toString('base64');
const ID = '01a1fe5c-e7b8-7629-8552-d58c0ccb9cf2';

const PAGE = ['/dashboard', '/dashboard/', '/dashboard/assets/index.js'];
const PATHS = ['', '/stats', '/events', '/events.csv', '/export.csv', '/settings', '/lookup', '/revoke', `/${ID}`, `/${ID}/revoke`];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Every route and some that are none, with every method, with and without a slash at the end. */
const REQUESTS = [...PATHS, ...PAGE].flatMap((path) => [path, ...(path.endsWith('/') ? [] : [`${path}/`])]).flatMap((path) => METHODS.map((method) => [method, path] as const)); // prettier-ignore

const OUTSIDE_PAGE = REQUESTS.filter(([, path]) => !path.startsWith('/dashboard'));
const ROUTES = [
  ...['', '/export.csv', '/events', '/events.csv', '/stats', '/settings', `/${ID}`].map((path) => ['GET', path] as const),
  ...['', '/revoke', '/lookup', `/${ID}/revoke`].map((path) => ['POST', path] as const),
  ['DELETE', `/${ID}`] as const,
];

const BODY = JSON.stringify({});

function send(http: HttpClient, method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const body = ['POST', 'PUT', 'PATCH'].includes(method) ? { body: BODY, headers: { 'Content-Type': 'application/json', ...headers } } : { headers };
  return http.send(method, path, body);
}

/** What each request is answered. */
function sweep(requests: readonly (readonly [string, string])[], http: HttpClient, root: string, headers: Record<string, string>) {
  return Promise.all(requests.map(async ([method, path]) => [method, path, (await send(http, method, root + path, headers)).status]));
}

describeOnEveryAdapter('the admin API without admin.authorize', (stack) => {
  const hear = () => {
    const lines: string[] = [];
    const note = (line: unknown) => void lines.push(String(line));
    return { lines, logger: { log: note, error: note, warn: note, debug: note, verbose: note, fatal: note } as LoggerService };
  };

  it('is not there: 404 for every route and method, with a token and without', async () => {
    const app = await stack.start({}, { configure: (host) => host.useLogger(false) });
    const { accessToken } = await app.login('admin', { content: { role: 'admin' } });
    for (const headers of [{}, bearer(accessToken)])
      expect(await sweep(REQUESTS, app.http, ADMIN_ROOT, headers)).toEqual(REQUESTS.map(([method, path]) => [method, path, 404]));
  });

  it('answers like a route that nobody has made', async () => {
    const options: JwtRefreshModuleOptions = { secret: SECRET, issuer: 'https://test.example', audience: 'test' };
    const { app, http } = await startAsync(stack.adapter, options);
    const [closed, absent] = [await http.get(`${ADMIN_ROOT}?limit=1`), await http.get('/nowhere?limit=1')];
    expect([closed.status, closed.body]).toEqual([404, { ...absent.body, message: `Cannot GET ${ADMIN_ROOT}?limit=1` }]);
    await app.close();
  });

  it('is not there either when the options come from a factory: authorize is known only then', async () => {
    const options: JwtRefreshModuleOptions = { secret: SECRET, issuer: 'https://test.example', audience: 'test', admin: { readOnly: false } };
    const { app, http } = await startAsync(stack.adapter, options);
    const { accessToken } = await loginAs(app, 'admin', { content: { role: 'admin' } });
    for (const headers of [{}, bearer('junk'), bearer(accessToken)])
      expect(await sweep(REQUESTS, http, ADMIN_ROOT, headers)).toEqual(REQUESTS.map(([method, path]) => [method, path, 404]));
    await app.close();
  });

  it('with options of a factory is open when these have authorize', async () => {
    const options: JwtRefreshModuleOptions = { secret: SECRET, issuer: 'https://test.example', audience: 'test', admin: ADMINISTRATORS };
    const { app, http } = await startAsync(stack.adapter, options);
    const { accessToken } = await loginAs(app, 'admin', { content: { role: 'admin' } });
    expect((await http.get(ADMIN_ROOT, bearer(accessToken))).status).toBe(200);
    expect((await http.get(ADMIN_ROOT)).status).toBe(401);
    await app.close();
  });

  it('says so in the log when the app starts, and says nothing once it is open', async () => {
    for (const admin of [undefined, {}, { readOnly: true }, ADMINISTRATORS]) {
      const { lines, logger } = hear();
      const options = { secret: SECRET, issuer: 'https://test.example', audience: 'test', admin };
      const { app } = await startAsync(stack.adapter, options, logger);
      expect(lines.filter((line) => line.includes('admin.authorize'))).toHaveLength(admin === ADMINISTRATORS ? 0 : 1);
      await app.close();
    }
  });

  async function startAsync(adapter: string, options: JwtRefreshModuleOptions, logger: LoggerService | false = false) {
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          type: 'better-sqlite3',
          database: ':memory:',
          migrationsRun: true,
          entities: [...JWT_REFRESH_ENTITIES],
          migrations: [...JWT_REFRESH_MIGRATIONS],
        }),
        JwtRefreshModule.forRootAsync({ useFactory: () => options }),
      ],
    })
    class HostModule {}
    const app = adapter === 'fastify' ? await NestFactory.create(HostModule, new FastifyAdapter(), { logger }) : await NestFactory.create(HostModule, { logger }); // prettier-ignore
    await app.listen(0, '127.0.0.1');
    return { app, http: new HttpClient((await app.getUrl()).replace('[::1]', '127.0.0.1')) };
  }
});

describeOnEveryAdapter('the place of the admin API', (stack) => {
  it.each<[what: string, options: Partial<JwtRefreshModuleOptions>, root: string, configure?: Parameters<typeof createTestApp>[0]]>([
    ['its default path', {}, '/admin/refresh-tokens'],
    ['a path of the host', { adminPath: '/ops/tokens/' }, '/ops/tokens'],
    ['one segment', { adminPath: 'tokens' }, '/tokens'],
    ['a global prefix', {}, '/api/v9/admin/refresh-tokens', { configure: (host) => void host.setGlobalPrefix('api/v9') }],
    ['versions in the path', {}, '/admin/refresh-tokens', { configure: (host) => void host.enableVersioning({ type: VersioningType.URI }) }],
    ['versions in a header', {}, '/admin/refresh-tokens', { configure: (host) => void host.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }) }],
    ['a guard on every route', { globalGuard: true }, '/admin/refresh-tokens'],
  ])('is %s', async (_, options, root, more = {}) => {
    const app = await stack.start({ ...options, admin: ADMINISTRATORS }, more);
    const admin = await AdminClient.signIn(app, 'admin', root);
    expect((await admin.get('')).status).toBe(200);
    expect((await admin.get(`/${admin.sessionId}`)).body).toMatchObject({ id: admin.sessionId });
    expect((await admin.get('/stats')).status).toBe(200);
    for (const headers of [{}, bearer('junk')]) expect((await app.http.get(root, headers)).status).toBe(401);
    expect((await app.http.get(root, bearer((await app.login(newSubject())).accessToken))).status).toBe(403);
    if (root !== ADMIN_ROOT) expect((await app.http.get(ADMIN_ROOT, admin.headers)).status).toBe(404);
  }); // prettier-ignore

  it.each<[what: string, controllers: JwtRefreshModuleOptions['controllers'], api: number, page: number]>([
    ['the API', { admin: false }, 404, 200],
    ['the page', { dashboard: false }, 200, 401],
    ['both', { admin: false, dashboard: false }, 404, 404],
  ])('is nowhere when %s is switched off', async (_, controllers, api, page) => {
    const app = await stack.start({ admin: ADMINISTRATORS, controllers });
    const admin = await AdminClient.signIn(app);
    expect((await admin.get('')).status).toBe(api);
    expect((await admin.get('/stats')).status).toBe(api);
    // Without the page its name is an id like any other.
    expect((await app.http.get(`${ADMIN_ROOT}/dashboard`)).status).toBe(page);
  });

  it('asks the database once for the session, with a guard on every route as well', async () => {
    for (const globalGuard of [false, true]) {
      const app = await stack.start({ admin: ADMINISTRATORS, globalGuard, audit: { enabled: false } });
      const admin = await AdminClient.signIn(app);
      expect(await app.statements.during(() => admin.get('/settings'))).toEqual(['SELECT']);
    }
  });
});

describeOnEveryStack('who gets into the admin API', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;
  let victim: string;

  beforeAll(async () => {
    app = await stack.start({ admin: ADMINISTRATORS }, { configure: (host) => host.useLogger(false) });
    admin = await AdminClient.signIn(app);
    victim = (await app.login('victim')).sessionId;
  });

  it("for a user is refused in the same way for somebody's session and for one that never was", async () => {
    const user = bearer((await app.login(newSubject())).accessToken);
    for (const suffix of ['', '/revoke']) {
      for (const method of suffix ? ['POST'] : ['GET', 'DELETE']) {
        const [real, unknown] = [await send(app.http, method, `${ADMIN_ROOT}/${victim}${suffix}`, user), await send(app.http, method, `${ADMIN_ROOT}/${ID}${suffix}`, user)]; // prettier-ignore
        expect(real.body).toEqual({ statusCode: 403, error: 'Forbidden', code: 'admin_forbidden', message: 'Only administrators may do this.' });
        expect(real.body).toEqual(unknown.body);
      }
    }
  });

  it('loses it with the next request when the session is revoked, also where guards are stateless', async () => {
    const stateless = await stack.start({ admin: ADMINISTRATORS, revocation: { check: 'stateless' } });
    const leaver = await AdminClient.signIn(stateless, 'leaver');
    expect((await leaver.get('/settings')).status).toBe(200);
    await stateless.jwtRefresh.revokeAll('leaver');
    expect((await leaver.get('/settings')).body.code).toBe('access_token_revoked');
  });

  it('no answer is kept anywhere on its way', async () => {
    for (const answer of [
      await admin.get(''),
      await admin.get('/export.csv'),
      await admin.get('?status=x'),
      await admin.get(`/${ID}`),
      await app.http.get(ADMIN_ROOT),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect((await admin.get('')).headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describeOnEveryAdapter('every route of the admin API', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;
  let victim: string;

  beforeAll(async () => {
    app = await stack.start({ admin: ADMINISTRATORS }, { configure: (host) => host.useLogger(false) });
    admin = await AdminClient.signIn(app);
    victim = (await app.login('victim')).sessionId;
  });

  it('is open to nobody without a good access token of a live administrator, whatever the route and the method', async () => {
    const ended = await app.login('admin', { content: { role: 'admin' } });
    await app.http.logout(ended.refreshToken);
    const dying = await app.login('admin', { content: { role: 'admin' }, lifetime: 60 });
    app.clock.advance(60);
    const user = await app.login(newSubject());
    const { refreshToken } = await app.login('admin', { content: { role: 'admin' } });
    const callers: [who: string, headers: Record<string, string>][] = [
      ['no token', {}],
      ['junk', bearer('junk')],
      ['a forged token', bearer(await signTestToken(app.app, { sub: 'admin', role: 'admin', sid: admin.sessionId, iss: 'https://evil.example' }))],
      ['a token of no session', bearer(await signTestToken(app.app, { sub: 'admin', role: 'admin' }))],
      ["a token of another's session", bearer(await signTestToken(app.app, { sub: 'admin', role: 'admin', sid: user.sessionId }))],
      ['a revoked token', bearer(ended.accessToken)],
      ['an expired token', bearer(dying.accessToken)],
      ['a refresh token', bearer(refreshToken)],
      ['a user', bearer(user.accessToken)],
      ['a cookie', { Cookie: `access_token=${admin.headers.Authorization!.slice(7)}; Authorization=${admin.headers.Authorization!}` }],
      ['basic credentials', { Authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }],
    ];
    const before = JSON.stringify(await app.rows('victim'));
    for (const [who, headers] of callers) {
      const refusal = who === 'a user' ? 403 : 401;
      const answers = await Promise.all(
        ROUTES.map(async ([method, path]) => ({ method, path, ...(await send(app.http, method, ADMIN_ROOT + path.replace(ID, victim), headers)) })),
      );
      for (const { method, path, status, body } of answers) {
        expect([who, method, path, status]).toEqual([who, method, path, refusal]);
        expect(JSON.stringify(body)).not.toMatch(/tokenHash|jrt_|eyJ|victim/);
      }
    }
    for (const [method, path, status] of await sweep(OUTSIDE_PAGE, app.http, ADMIN_ROOT, {})) {
      expect([method, path, [401, 404, 405].includes(status as number) || status]).toEqual([method, path, true]);
    }
    expect(JSON.stringify(await app.rows('victim'))).toBe(before);
  });
});

describeOnEveryAdapter('admin.authorize', (stack) => {
  type Answering = NonNullable<AdminOptions['authorize']>;
  let authorize: Answering;
  let app: RunningApp;

  beforeAll(async () => {
    app = await stack.start({ admin: { authorize: (user, request) => authorize(user, request) } }, { configure: (host) => host.useLogger(false) });
  });

  it.each<[what: string, answer: () => unknown, status: number, code?: string]>([
    ['true', () => true, 200],
    ['a promise of true', async () => true, 200],
    ['false', () => false, 403, 'admin_forbidden'],
    ['1', () => 1, 403, 'admin_forbidden'],
    ["'true'", () => 'true', 403, 'admin_forbidden'],
    ['an object', () => ({}), 403, 'admin_forbidden'],
    ['new Boolean(true)', () => new Boolean(true), 403, 'admin_forbidden'],
    ['a list', () => [true], 403, 'admin_forbidden'],
    ['nothing', () => undefined, 403, 'admin_forbidden'],
    ['null', () => null, 403, 'admin_forbidden'],
    ['a promise of 1', async () => 1, 403, 'admin_forbidden'],
    ['a rejection', async () => Promise.reject(new Error('The roles are away: postgres://root:secret@db')), 503, 'temporarily_unavailable'],
    ['an error', () => { throw new TypeError('no role'); }, 503, 'temporarily_unavailable'],
    ['something thrown that is no error', () => { throw 'no role'; }, 503, 'temporarily_unavailable'], // eslint-disable-line @typescript-eslint/only-throw-error -- hosts do
    ['an answer of its own', () => { throw new UnauthorizedException('Use your smart card'); }, 401],
  ])('that answers %s', async (_, answer, status, code = '') => {
    authorize = answer as Answering;
    const { accessToken } = await app.login('admin');
    for (const path of ['', '/stats', '/settings', `/${ID}`]) {
      const { status: got, body } = await app.http.get(ADMIN_ROOT + path, bearer(accessToken));
      expect([path, got === 404 && path === `/${ID}` ? 200 : got]).toEqual([path, status]);
      if (code) expect(body.code).toBe(code);
      expect(JSON.stringify(body)).not.toMatch(/secret@db|no role/);
    }
    const made = await app.http.post(ADMIN_ROOT, { audience: 'test', lifetime: 60 }, bearer(accessToken));
    expect(made.status).toBe(status === 200 ? 201 : status);
  }); // prettier-ignore

  it('is given the claims and the request, for each request anew', async () => {
    const seen: unknown[] = [];
    authorize = ({ sub, role }, request) => {
      seen.push([sub, role, (request as { headers: Record<string, string> }).headers['x-office']]);
      return seen.length === 1;
    };
    const { accessToken } = await app.login('admin', { content: { role: 'boss' } });
    const ask = () => app.http.get(`${ADMIN_ROOT}/settings`, { ...bearer(accessToken), 'X-Office': 'Vienna' });
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(403);
    expect(seen).toEqual(Array(2).fill(['admin', 'boss', 'Vienna']));
  });
});

describeOnEveryStack('what administrators are refused', (stack) => {
  const READS = ['', '/stats', '/events', '/events.csv', '/export.csv', '/settings'];
  const key = { audience: 'test', lifetime: 60 };

  const refusalsOf = async (admin: AdminClient) =>
    ((await admin.find('/events', { type: 'admin.refused', order: 'asc', actor: admin.subject })).body.data as Record<string, unknown>[]).map(
      ({ reason, details, actor, ip, result, at }) => ({ reason, details, actor, ip, result, at }),
    );

  it('is every change while admin.readOnly is on, and nothing else; each refusal is in the audit log', async () => {
    const app = await stack.start({ admin: { ...ADMINISTRATORS, readOnly: true } });
    const admin = await AdminClient.signIn(app, newSubject());
    const { sessionId, accessToken, refreshToken } = await app.login(newSubject());
    for (const path of READS) expect((await admin.get(path)).status).toBe(200);
    expect((await admin.get(`/${sessionId}`)).status).toBe(200);
    expect((await admin.post('/lookup', { token: refreshToken })).status).toBe(200);

    const actions: string[] = [];
    for (const [act, action] of [
      [() => admin.post('', key), 'create'],
      [() => admin.post('/revoke', { filter: { ids: [sessionId] }, reason: 'x' }), 'revoke_many'],
      [() => admin.post('/revoke', { filter: { ids: [sessionId] }, reason: 'x', dryRun: true }), 'revoke_many'],
      [() => admin.post(`/${sessionId}/revoke`, {}), 'revoke'],
      [() => admin.delete(`/${sessionId}`), 'revoke'],
      // Before anybody looks at the body.
      [() => admin.post('', { junk: 1 }), 'create'],
    ] as [() => Promise<Answer>, string][]) {
      const answer = await act();
      expect([answer.status, answer.body.code]).toEqual([403, 'admin_read_only']);
      actions.push(action);
    }
    expect((await app.http.get('/strict', bearer(accessToken))).status).toBe(200);
    const at = new Date(app.clock.now()).toISOString();
    expect(await refusalsOf(admin)).toEqual(
      actions.map((action) => ({ reason: 'admin_read_only', details: { action }, actor: admin.subject, ip: '127.0.0.1', result: 'refused', at })),
    );
  });

  it('is a change with wide effect to a login older than admin.freshFor, with the challenge of RFC 9470', async () => {
    const app = await stack.start({ admin: { ...ADMINISTRATORS, freshFor: '15m' } });
    const subject = newSubject();
    const login = await app.login(subject, { content: { role: 'admin' } });
    const http = app.http;
    const create = (token: string) => http.post(ADMIN_ROOT, key, bearer(token));
    const revokeMany = (token: string) => http.post(`${ADMIN_ROOT}/revoke`, { filter: { subject: 'nobody' }, reason: 'x' }, bearer(token));

    app.clock.advance(900);
    expect((await create(login.accessToken)).status).toBe(201);
    expect((await revokeMany(login.accessToken)).status).toBe(200);
    app.clock.advanceMilliseconds(1);
    // A refresh gives a young access token of the old login.
    const { body: renewed } = await http.refresh(login.refreshToken);
    for (const answer of [await create(renewed.access_token), await revokeMany(renewed.access_token)]) {
      expect([answer.status, answer.body.code]).toEqual([401, 'fresh_login_required']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_user_authentication", max_age=900');
    }
    // Reading and ending one session go on.
    const { sessionId } = await app.login(newSubject());
    const old = bearer(renewed.access_token);
    for (const path of READS) expect((await http.get(ADMIN_ROOT + path, old)).status).toBe(200);
    expect((await http.delete(`${ADMIN_ROOT}/${sessionId}`, old)).status).toBe(200);

    const again = await AdminClient.signIn(app, subject);
    expect((await again.post('', key)).status).toBe(201);
    expect(await refusalsOf(again)).toMatchObject([
      { reason: 'fresh_login_required', details: { action: 'create' } },
      { reason: 'fresh_login_required', details: { action: 'revoke_many' } },
    ]);
  });

  it('fills no table: of one user a minute has thirty lines at most', async () => {
    const app = await stack.start({ admin: ADMINISTRATORS });
    const admin = await AdminClient.signIn(app);
    const nosy = newSubject();
    const headers = bearer((await app.login(nosy)).accessToken);
    const trials = async () => {
      for (let i = 0; i < 33; i++) expect((await app.http.get(ADMIN_ROOT, headers)).status).toBe(403);
      const { body } = await admin.find('/events', { actor: nosy, limit: 200 });
      return body.data.length as number;
    };
    expect(await trials()).toBe(30);
    app.clock.advance('1m');
    expect(await trials()).toBe(60);
  });

  it('is everything to a user, and each try is in the audit log with who, what and from where', async () => {
    const app = await stack.start({ admin: ADMINISTRATORS });
    const admin = await AdminClient.signIn(app);
    const nosy = newSubject();
    const headers = { ...bearer((await app.login(nosy)).accessToken), 'User-Agent': 'curl/8.5.0' };
    await app.http.get(ADMIN_ROOT, headers);
    await app.http.post(ADMIN_ROOT, key, headers);
    await app.http.delete(`${ADMIN_ROOT}/${admin.sessionId}`, headers);
    const { body } = await admin.find('/events', { actor: nosy, order: 'asc' });
    expect(body.data).toMatchObject(
      ['read', 'create', 'revoke'].map((action) => ({
        type: 'admin.refused',
        reason: 'admin_forbidden',
        details: { action },
        actor: nosy,
        ip: '127.0.0.1',
        deviceInfo: { userAgent: 'curl/8.5.0' },
        result: 'refused',
      })),
    );
  });
});
