import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JwtRefreshModuleOptions } from 'nestjs-jwt-refresh';
import { ADMIN_ROOT, ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { describeOnEveryAdapter, type RunningApp, type Stack } from '../support/stack';

const FOLDER = join(__dirname, '../../dist/dashboard');
const SECURITY = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const assetNames = (): string[] => readdirSync(join(FOLDER, 'assets'));

describeOnEveryAdapter('the page of the dashboard', (stack: Stack) => {
  const start = (options: Partial<JwtRefreshModuleOptions> = {}, more: Parameters<Stack['start']>[1] = {}) =>
    stack.start({ ...options, admin: { ...ADMINISTRATORS, ...options.admin } }, more);
  const open = async (app: RunningApp, path = `${ADMIN_ROOT}/dashboard`) => {
    const { status, headers, body } = await app.http.get(path);
    expect(status).toBe(200);
    return { headers: Object.fromEntries(headers), html: body as string };
  };
  const configOf = (html: string) => {
    const [, content] = /<meta name="jwt-refresh-dashboard" content="([^"]*)"/.exec(html)!;
    return JSON.parse(content!.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))) as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- JSON
  };

  it('is open to everybody, holds no data, and is kept nowhere', async () => {
    const app = await start();
    const admin = await AdminClient.signIn(app);
    const { headers, html } = await open(app);
    expect(headers).toMatchObject({ ...SECURITY, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    expect(html).not.toContain('__JWT_REFRESH_CONFIG__');
    expect((await admin.get('/dashboard')).body).toBe(html);
    for (const query of ['?x=1', '?token=jrt_needle', '?"><script>alert(1)</script>']) expect((await app.http.get(`${ADMIN_ROOT}/dashboard${query}`)).body).toBe(html);
    const head = await app.http.send('HEAD', `${ADMIN_ROOT}/dashboard`, {});
    expect([head.status, head.body]).toEqual([200, '']);
    for (const method of ['POST', 'PUT', 'PATCH']) expect((await app.http.send(method, `${ADMIN_ROOT}/dashboard`, {})).status).toBe(404);
  }); // prettier-ignore

  it('runs its own scripts only, is framed by nobody, and sends forms and requests nowhere else', async () => {
    const { headers, html } = await open(await start());
    const policy = Object.fromEntries(
      headers['content-security-policy']!.split('; ').map((directive) => [directive.split(' ', 1)[0], directive.split(' ').slice(1).join(' ')]),
    );
    expect(policy).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'connect-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|javascript:|https?:\/\//i);
  });

  const BY_PLACE: [what: string, options: Partial<JwtRefreshModuleOptions>, root: string, auth: string, prefix?: string][] = [
    ['its default path', {}, '/admin/refresh-tokens', '/auth'],
    ['a global prefix', {}, '/api/v1/admin/refresh-tokens', '/api/v1/auth', 'api/v1'],
    ['a path of one segment', { adminPath: '/tokens/', path: '' }, '/tokens', ''],
    ['a long path', { adminPath: 'a/b/c/d', path: 'x/y' }, '/a/b/c/d', '/x/y'],
  ];

  it.each(BY_PLACE)('finds its files and the API from where it is: %s', async (_, options, root, auth, prefix = '') => {
    const app = await start(options, { configure: (host) => void (prefix && host.setGlobalPrefix(prefix)) });
    const { headers } = await AdminClient.signIn(app, 'admin', root);
    // For Fastify a slash at the end is another address, unless its host says otherwise.
    for (const path of [`${root}/dashboard`, ...(stack.adapter === 'express' ? [`${root}/dashboard/`] : [])]) {
      const { html } = await open(app, path);
      const resolve = (url: string) => new URL(url, app.http.url + path).pathname;
      const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
      expect(files.length).toBeGreaterThan(1);
      for (const file of files) {
        expect(resolve(file)).toMatch(new RegExp(`^${root}/dashboard/assets/`));
        expect((await app.http.get(resolve(file))).status).toBe(200);
      }
      const config = configOf(html);
      expect(resolve(config.api as string)).toBe(root);
      expect((await app.http.get(`${resolve(config.api as string)}/settings`, headers)).status).toBe(200);
      expect(resolve(config.login.url as string)).toBe(`${auth}/login`);
      expect(resolve(config.refreshUrl as string)).toBe(`${auth}/jwt-refresh`);
      expect(resolve(config.logoutUrl as string)).toBe(`${auth}/logout`);
    }
  });

  it('is told the names that the host has given', async () => {
    const app = await start({
      routes: { refresh: 'renew', logout: 'bye' },
      request: { refreshTokenParam: 'token.refresh' },
      response: { accessTokenProp: 'token.access', refreshTokenProp: 'token.refresh' },
      admin: { login: { path: '/sso/sign-in', usernameField: 'user.email', passwordField: 'user.password' } },
    });
    expect(configOf((await open(app)).html)).toEqual({
      api: '../refresh-tokens',
      login: { url: '/sso/sign-in', usernameField: 'user.email', passwordField: 'user.password' },
      refreshUrl: '../../auth/renew',
      logoutUrl: '../../auth/bye',
      transport: 'body',
      cookieHeader: 'x-requested-with',
      sendAccessToken: false,
      refreshTokenParam: 'token.refresh',
      accessTokenProp: 'token.access',
      refreshTokenProp: 'token.refresh',
    });
  });

  it.each(['allow-expired', 'require'] as const)('sends its access token where a refresh needs one: %s', async (accessTokenOnRefresh) => {
    expect(configOf((await open(await start({ accessTokenOnRefresh }))).html).sendAccessToken).toBe(true);
  });

  it('takes what the host has named as text, whatever is in it', async () => {
    const evil = `/"><script>alert('1')</script>&quot;&#34;<!--$&$\`$'`;
    const app = await start({ admin: { login: { path: evil } } });
    const { html } = await open(app);
    expect(configOf(html).login.url).toBe(evil);
    expect(html).not.toContain('alert(\'1\')</script>');
    expect(html.match(/<script/g)).toHaveLength((await open(await start())).html.match(/<script/g)!.length);
  }); // prettier-ignore

  it('is not there for a server without administrators', async () => {
    const app = await stack.start({});
    expect((await app.http.get(`${ADMIN_ROOT}/dashboard`)).status).toBe(404);
    expect((await app.http.get(`${ADMIN_ROOT}/dashboard/assets/${assetNames()[0]!}`)).status).toBe(404);
  });
});

describeOnEveryAdapter('the files of the dashboard', (stack: Stack) => {
  let app: RunningApp;

  beforeAll(async () => (app = await stack.start({ admin: ADMINISTRATORS })));

  /** As it is: fetch() would tidy the path up and unpack the answer. */
  const raw = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const { hostname, port } = new URL(app.http.url);
      request({ hostname, port, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }));
      })
        .on('error', reject)
        .end();
    });

  it('are sent as what they are, to be kept for good, packed for whom can unpack them', async () => {
    const types: Record<string, string> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', woff2: 'font/woff2' };
    for (const name of assetNames()) {
      const content = readFileSync(join(FOLDER, 'assets', name));
      const path = `${ADMIN_ROOT}/dashboard/assets/${name}`;
      const plain = await raw(path);
      const packed = await raw(path, { 'Accept-Encoding': 'br, gzip' });
      for (const { status, headers } of [plain, packed]) {
        expect(status).toBe(200);
        expect(headers).toMatchObject({ ...SECURITY, 'cache-control': 'public, max-age=31536000, immutable', vary: 'Accept-Encoding', 'content-type': types[name.split('.').at(-1)!] });
      }
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(plain.body.equals(content)).toBe(true);
      expect(packed.headers['content-encoding']).toBe('gzip');
      expect(packed.body.equals(gzipSync(content))).toBe(true);
    }
  }); // prettier-ignore

  it.each([
    '../index.html', '..%2findex.html', '%2e%2e/index.html', '%2e%2e%2findex.html', '..%5cindex.html', '..\\index.html', '....//index.html', './../index.html',
    '..%2f..%2f..%2fpackage.json', '../../../../package.json', '%2e%2e%2f%2e%2e%2f%2e%2e%2fpackage.json', '..%252findex.html', '%2fetc%2fpasswd', '/etc/passwd', '//etc/passwd',
    'C:%5cwindows%5cwin.ini', 'index.js%00', '%00', '%00.js', '.', '..', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'has', 'get', 'index.html', '', '%20', '*', '.gitignore', 'x'.repeat(90),
  ])('are those that were built and no others: %s', async (name) => {
    for (const path of [`${ADMIN_ROOT}/dashboard/assets/${name}`, `${ADMIN_ROOT}/dashboard/${name}`]) {
      const { status, body } = await raw(path);
      // A path that walks up may end at a route of the API, which asks for a token.
      const page = `${ADMIN_ROOT}/dashboard/${name}`.replace(/\/\.?$/, '') === `${ADMIN_ROOT}/dashboard`;
      if (!page) expect([path, [404, 401, 400].includes(status), status]).toEqual([path, true, status]);
      expect(body.toString()).not.toMatch(/root:|"name": "nestjs|\[fonts\]/);
      if (path.includes('/assets/') && name && !name.startsWith('.')) expect([path, status]).toEqual([path, 404]);
    }
  }); // prettier-ignore
});
