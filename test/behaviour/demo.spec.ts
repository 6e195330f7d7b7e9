import { DemoProcess } from '../support/demo-process';
import { bearer } from '../support/http';
import { describeOnEveryDatabase, describeOnEveryStack } from '../support/stack';
import { TcpProxy } from '../support/tcp-proxy';

describeOnEveryStack('the demo', (stack) => {
  let demo: DemoProcess;

  beforeAll(async () => {
    demo = await stack.startDemo();
  });

  it('logs in, refreshes, catches a replay and logs out', async () => {
    const login = await demo.login('alice', { 'User-Agent': 'curl/8' });
    expect(login.status).toBe(200);
    expect(Object.keys(login.body)).toEqual(['access_token', 'refresh_token', 'token_type', 'expires_in', 'refresh_expires_in']);
    expect(login.headers.get('authorization')).toBe(`Bearer ${login.body.access_token}`);
    expect(login.headers.get('cache-control')).toBe('no-store');
    expect((await demo.http.get('/me', bearer(login.body.access_token))).body).toMatchObject({ username: 'alice', gen: 0 });
    const next = await demo.http.postForm('/auth/jwt-refresh', `refresh_token=${login.body.refresh_token}`);
    expect((await demo.http.get('/me', bearer(next.body.access_token))).body).toMatchObject({ username: 'alice', gen: 1 });
    expect((await demo.http.refresh(next.body.refresh_token)).status).toBe(200);
    expect((await demo.http.refresh(login.body.refresh_token)).body.code).toBe('refresh_token_reused');
    expect((await demo.http.get('/me', bearer(next.body.access_token))).body.code).toBe('access_token_revoked');
    const again = (await demo.login('alice')).body;
    expect((await demo.http.logout(again.refresh_token)).status).toBe(204);
    expect((await demo.http.refresh(again.refresh_token)).body.code).toBe('refresh_token_revoked');
  });

  it.each<[what: string, body: Record<string, string>]>([
    ['an audience with a space at its end', { audience: 'web ' }],
    ['an audience with a control character', { audience: 'we\u0000b' }],
    ['half a character', { audience: 'web\ud800' }],
    ['a username with a control character', { username: 'alice\u0000' }],
  ])('answers 400 to a login with %s', async (_, body) => {
    const { status, body: error } = await demo.http.post('/auth/login', { username: 'alice', password: 'alice-demo', ...body });
    expect(error).toMatchObject({ statusCode: 400, error: 'Bad Request', code: 'request_invalid', message: expect.any(String) });
    expect(status).toBe(400);
  });

  it('minds no slash at the end of a path', async () => {
    const { access_token: token } = (await demo.login('admin')).body;
    for (const path of ['/admin/refresh-tokens/?limit=1', '/auth/sessions/', '/me/']) {
      expect([path, (await demo.http.get(path, bearer(token))).status]).toEqual([path, 200]);
    }
    expect((await demo.http.post('/admin/refresh-tokens/', { audience: 'web', lifetime: '1h' }, bearer(token))).status).toBe(201);
    expect((await demo.http.delete('/auth/sessions/', bearer(token))).status).toBe(404);
  });

  it('opens public routes and no others', async () => {
    expect((await demo.http.get('/public')).status).toBe(200);
    expect((await demo.http.get('/health')).body).toEqual({ status: 'ok' });
    expect((await demo.http.get('/me')).status).toBe(401);
    const wrong = await demo.http.post('/auth/login', { username: 'alice', password: 'wrong' });
    expect(wrong).toMatchObject({ status: 401, body: { statusCode: 401, error: 'Unauthorized', code: 'credentials_invalid' } });
    expect((await demo.http.post('/auth/login', { username: 'mallory', password: 'wrong' })).status).toBe(401);
    expect((await demo.http.post('/auth/login', { username: { $ne: '' }, password: 'x' })).status).toBe(400);
  });

  it('answers what is under way on SIGTERM, ends within ten seconds, and costs no session', async () => {
    const leaving = await stack.startDemo();
    const tokens = await Promise.all(Array.from({ length: 20 }, async () => (await leaving.login('bob')).body.refresh_token as string));
    const answers = tokens.map((token) => leaving.http.refresh(token));
    await Promise.any(answers);
    const start = performance.now();
    await leaving.stop('SIGTERM');
    expect(performance.now() - start).toBeLessThan(10_000);
    // Whoever came too late has no answer or, from Fastify, 503. Nobody has a wrong one.
    const given = (await Promise.allSettled(answers)).filter((answer) => answer.status === 'fulfilled');
    for (const { value } of given) expect([200, 503]).toContain(value.status);
    for (const token of tokens) expect((await demo.http.refresh(token)).status).toBe(200);
  }, 60_000);
});

/** What one adapter began the other can end. */
describeOnEveryDatabase('the demo, one after the other,', (stack) => {
  it('keeps sessions over a kill -9', async () => {
    const killed = await stack.startDemo({ HTTP_ADAPTER: 'express' });
    const login = (await killed.login('bob')).body;
    const refreshed = (await killed.http.refresh(login.refresh_token)).body;
    await killed.stop('SIGKILL');
    const next = await stack.startDemo({ HTTP_ADAPTER: 'fastify' });
    // The answer may have been lost with the process: both tokens lead to the same session.
    expect((await next.http.refresh(login.refresh_token)).body.refresh_token).toBe(refreshed.refresh_token);
    expect((await next.http.refresh(refreshed.refresh_token)).status).toBe(200);
  });

  it('writes what still waits for the audit log before it goes on SIGTERM', async () => {
    const demo = await stack.startDemo({ HTTP_ADAPTER: 'express' });
    const login = (await demo.login('bob')).body;
    const { sub } = (await demo.http.get('/me', bearer(login.access_token))).body;
    await demo.http.logout(login.refresh_token);
    await demo.stop('SIGTERM');
    const witness = await stack.start();
    const types = (await witness.audit(sub)).map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['refresh_token.issued', 'refresh_token.revoked']);
  });

  it('may be started several times at once on a new database: one makes its tables and its secret, and each knows the sessions of the others', async () => {
    const scratch = await stack.kind.create();
    const secret: Record<string, string> =
      stack.kind.name === 'sqlite' ? {} : { JWT_REFRESH_SECRET: 'what the demos on a server share: 5Ww0cXbq8Yt2' };
    const demos = await Promise.all(Array.from({ length: 4 }, () => DemoProcess.start({ DATABASE_URL: scratch.url, ...secret })));
    let { refresh_token: token } = (await demos[0]!.login('alice')).body;
    for (const demo of demos) ({ refresh_token: token } = (await demo.http.refresh(token)).body);
    expect(token).toMatch(/^jrt_/);
    await Promise.all(demos.map((demo) => demo.stop()));
    await scratch.drop();
  }, 60_000);

  if (stack.kind.name !== 'sqlite') {
    it('answers 503 with Retry-After to a login while its database is away', async () => {
      const proxy = await TcpProxy.before(stack.url);
      const demo = await stack.startDemo({ DATABASE_URL: proxy.url });
      proxy.cut();
      const { status, headers, body } = await demo.login('alice');
      expect([status, headers.get('retry-after'), body.code]).toEqual([503, '1', 'temporarily_unavailable']);
      proxy.restore();
      expect((await demo.login('alice')).status).toBe(200);
      await demo.stop();
      await proxy.close();
    });
  }

  it('decides alike in every time zone, and nodes of several share their sessions', async () => {
    const zones = ['Pacific/Apia', 'America/New_York', 'Asia/Kolkata'];
    const nodes = await Promise.all(zones.map((TZ) => stack.startDemo({ TZ })));
    const login = (await nodes[0]!.login('alice')).body;
    const listFrom = async ({ http }: DemoProcess) => (await http.get('/auth/sessions', bearer(login.access_token))).body.data[0];
    const [inApia, ...elsewhere] = await Promise.all(nodes.map(listFrom));
    expect(elsewhere).toEqual([inApia, inApia]);
    expect(Math.abs(Date.parse(inApia.created_at) - Date.now())).toBeLessThan(60_000);
    let token = login.refresh_token;
    for (const { http } of [...nodes, ...nodes]) {
      const [first, retried] = [await http.refresh(token), await nodes[1]!.http.refresh(token)];
      expect([first.status, retried.status, retried.body.refresh_token]).toEqual([200, 200, first.body.refresh_token]);
      token = first.body.refresh_token;
    }
    await Promise.all(nodes.map((node) => node.stop()));
  });
});
