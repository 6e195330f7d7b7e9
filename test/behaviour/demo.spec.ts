import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoProcess } from '../support/demo-process';
import { bearer } from '../support/http';
import { describeOnEveryStack } from '../support/stack';

const SECRET = 'a secret for the demo in tests: Zr4hJ0sPq71nVx';

describeOnEveryStack('the demo', (stack) => {
  let demo: DemoProcess;
  const env = (): Record<string, string> => ({ DATABASE_URL: stack.url, HTTP_ADAPTER: stack.adapter, JWT_REFRESH_SECRET: SECRET });

  afterEach(async () => {
    await demo.stop();
  });

  it('logs in, refreshes, catches a replay and logs out', async () => {
    demo = await DemoProcess.start({ ...env(), GRACE_SECONDS: '0' });
    const login = await demo.login('alice', { 'User-Agent': 'curl/8' });
    expect(login.status).toBe(200);
    expect(Object.keys(login.body)).toEqual(['access_token', 'refresh_token', 'token_type', 'expires_in', 'refresh_expires_in']);
    expect(login.headers.get('authorization')).toBe(`Bearer ${login.body.access_token}`);
    expect(login.headers.get('cache-control')).toBe('no-store');
    expect((await demo.http.get('/me', bearer(login.body.access_token))).body).toMatchObject({ username: 'alice', gen: 0 });
    const next = await demo.http.postForm('/auth/jwt-refresh', `refresh_token=${login.body.refresh_token}`);
    expect((await demo.http.get('/me', bearer(next.body.access_token))).body).toMatchObject({ username: 'alice', gen: 1 });
    expect((await demo.http.refresh(login.body.refresh_token)).body.code).toBe('refresh_token_reused');
    expect((await demo.http.get('/me', bearer(next.body.access_token))).body.code).toBe('access_token_revoked');
    const again = (await demo.login('alice')).body;
    expect((await demo.http.logout(again.refresh_token)).status).toBe(204);
    expect((await demo.http.refresh(again.refresh_token)).body.code).toBe('refresh_token_revoked');
  });

  it('opens public routes and no others', async () => {
    demo = await DemoProcess.start(env());
    expect((await demo.http.get('/public')).status).toBe(200);
    expect((await demo.http.get('/health')).body).toEqual({ status: 'ok' });
    expect((await demo.http.get('/me')).status).toBe(401);
    expect((await demo.http.post('/auth/login', { username: 'alice', password: 'wrong' })).status).toBe(401);
    expect((await demo.http.post('/auth/login', { username: 'mallory', password: 'wrong' })).status).toBe(401);
    expect((await demo.http.post('/auth/login', { username: { $ne: '' }, password: 'x' })).status).toBe(400);
  });

  it('keeps sessions over a kill -9', async () => {
    demo = await DemoProcess.start(env());
    const login = (await demo.login('bob')).body;
    const refreshed = (await demo.http.refresh(login.refresh_token)).body;
    await demo.stop('SIGKILL');
    demo = await DemoProcess.start(env());
    // The answer may have been lost with the process: both tokens lead to the same session.
    expect((await demo.http.refresh(login.refresh_token)).body.refresh_token).toBe(refreshed.refresh_token);
    expect((await demo.http.refresh(refreshed.refresh_token)).status).toBe(200);
  });

  it('writes what still waits for the audit log before it goes on SIGTERM', async () => {
    demo = await DemoProcess.start(env());
    const login = (await demo.login('bob')).body;
    const { sub } = (await demo.http.get('/me', bearer(login.access_token))).body;
    await demo.http.logout(login.refresh_token);
    await demo.stop('SIGTERM');
    const witness = await stack.start();
    const types = (await witness.audit(sub)).map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['refresh_token.issued', 'refresh_token.revoked']);
  });

  it('decides alike in every time zone', async () => {
    demo = await DemoProcess.start({ ...env(), TZ: 'Pacific/Apia' });
    const login = (await demo.login('alice')).body;
    const list = async (token: string) => (await demo.http.get('/auth/sessions', bearer(token))).body.data[0];
    const inApia = await list(login.access_token);
    await demo.stop();
    demo = await DemoProcess.start({ ...env(), TZ: 'America/New_York' });
    expect(await list(login.access_token)).toEqual(inApia);
    expect(Math.abs(Date.parse(inApia.created_at) - Date.now())).toBeLessThan(60_000);
    expect((await demo.http.refresh(login.refresh_token)).status).toBe(200);
  });

  it.each(['opaque', 'jwt', 'jwe'])('speaks the token format %s', async (TOKEN_FORMAT) => {
    demo = await DemoProcess.start({ ...env(), TOKEN_FORMAT, ACCESS_LIFETIME: '60', REFRESH_LIFETIME: '1h', ACCESS_TOKEN_ON_REFRESH: 'require' });
    const login = (await demo.login('alice')).body;
    expect(login.expires_in).toBe(60);
    // A login may begin in one second of the real clock and end in the next.
    expect([3599, 3600]).toContain(login.refresh_expires_in);
    expect(login.refresh_token).toMatch(TOKEN_FORMAT === 'opaque' ? /^jrt_/ : /^ey/);
    expect((await demo.http.refresh(login.refresh_token)).body.code).toBe('access_token_missing');
    expect((await demo.http.refresh(login.refresh_token, bearer(login.access_token))).status).toBe(200);
  });
});

describe('starting the demo', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jwt-refresh-demo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes a secret beside the SQLite file and keeps it', async () => {
    const DATABASE_URL = `sqlite:${join(folder, 'demo.sqlite')}`;
    let demo = await DemoProcess.start({ DATABASE_URL });
    const { refresh_token: token } = (await demo.login('alice')).body;
    await demo.stop();
    const secret = join(folder, 'demo.sqlite.secret');
    expect(existsSync(secret)).toBe(true);
    expect(statSync(secret).mode & 0o077).toBe(0);
    demo = await DemoProcess.start({ DATABASE_URL });
    expect((await demo.http.refresh(token)).status).toBe(200);
    expect(demo.output()).toContain('alice / alice-demo');
    await demo.stop();
  });

  it.each([
    [{ DATABASE_URL: 'mysql://root@127.0.0.1:1/none', JWT_REFRESH_SECRET: SECRET }, 'No database answers'],
    [{ DATABASE_URL: 'oracle://x' }, 'DATABASE_URL must look like'],
    [{ HTTP_ADAPTER: 'koa' }, 'HTTP_ADAPTER must be express or fastify'],
    [{ TRANSPORT: 'pigeon' }, 'TRANSPORT must be body or cookie or both'],
    [{ JWT_REFRESH_SECRET: 'short' }, 'secret has 5 bytes and needs at least 32'],
    [{ ACCESS_LIFETIME: 'soon', GRACE_SECONDS: 'x' }, 'accessToken.lifetime'],
  ])('tells what to do about %j', async (env, sentence) => {
    const { code, output } = await DemoProcess.fail({ DATABASE_URL: `sqlite:${join(folder, 'demo.sqlite')}`, ...env });
    expect(code).toBe(1);
    expect(output).toContain(sentence);
  });
});
