import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoProcess } from '../support/demo-process';
import { bearer } from '../support/http';

const SECRET = 'a secret for the demo in tests: Zr4hJ0sPq71nVx';

describe('starting the demo', () => {
  let folder: string;
  let DATABASE_URL: string;
  let demo: DemoProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jwt-refresh-demo-'));
    DATABASE_URL = `sqlite:${join(folder, 'demo.sqlite')}`;
  });
  afterEach(async () => {
    await demo?.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(['opaque', 'jwt', 'jwe'])('speaks the token format %s', async (TOKEN_FORMAT) => {
    const env = { JWT_REFRESH_SECRET: SECRET, ACCESS_LIFETIME: '60', REFRESH_LIFETIME: '1h', ACCESS_TOKEN_ON_REFRESH: 'require' };
    demo = await DemoProcess.start({ ...env, DATABASE_URL, TOKEN_FORMAT });
    const login = (await demo.login('alice')).body;
    expect(login.expires_in).toBe(60);
    // A login may begin in one second of the real clock and end in the next.
    expect([3599, 3600]).toContain(login.refresh_expires_in);
    expect(login.refresh_token).toMatch(TOKEN_FORMAT === 'opaque' ? /^jrt_/ : /^ey/);
    expect((await demo.http.refresh(login.refresh_token)).body.code).toBe('access_token_missing');
    expect((await demo.http.refresh(login.refresh_token, bearer(login.access_token))).status).toBe(200);
  });

  it('takes a variable without a text for one that is not set', async () => {
    demo = await DemoProcess.start({ DATABASE_URL, JWT_REFRESH_SECRET: SECRET, GRACE_SECONDS: '', TRANSPORT: '', ACCESS_LIFETIME: '', ISSUER: '' });
    const login = (await demo.login('alice')).body;
    expect(login.expires_in).toBe(1800);
    for (let i = 0; i < 2; i++) expect((await demo.http.refresh(login.refresh_token)).status).toBe(200);
  });

  it('makes a secret beside the SQLite file and keeps it', async () => {
    demo = await DemoProcess.start({ DATABASE_URL });
    const { refresh_token: token } = (await demo.login('alice')).body;
    await demo.stop();
    const secret = join(folder, 'demo.sqlite.secret');
    expect(existsSync(secret)).toBe(true);
    expect(statSync(secret).mode & 0o077).toBe(0);
    demo = await DemoProcess.start({ DATABASE_URL });
    expect((await demo.http.refresh(token)).status).toBe(200);
    expect(demo.output()).toContain('alice / alice-demo');
  });

  it.each([
    [{ DATABASE_URL: 'mysql://root@127.0.0.1:1/none', JWT_REFRESH_SECRET: SECRET }, 'No database answers'],
    [{ DATABASE_URL: 'oracle://x' }, 'DATABASE_URL must look like'],
    [{ HTTP_ADAPTER: 'koa' }, 'HTTP_ADAPTER must be express or fastify'],
    [{ TRANSPORT: 'pigeon' }, 'TRANSPORT must be body or cookie or both'],
    [{ JWT_REFRESH_SECRET: 'short' }, 'secret has 5 bytes and needs at least 32'],
    [{ ACCESS_LIFETIME: 'soon', GRACE_SECONDS: 'x' }, 'accessToken.lifetime'],
  ])('tells what to do about %j', async (env, sentence) => {
    const { code, output } = await DemoProcess.fail({ DATABASE_URL, ...env });
    expect(code).toBe(1);
    expect(output).toContain(sentence);
  });
});
