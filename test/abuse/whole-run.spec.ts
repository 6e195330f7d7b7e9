import { ThrottlerModule } from '@nestjs/throttler';
import { randomBytes } from 'node:crypto';
import { JwtRefreshEvents, type JwtRefreshModuleOptions, type RefreshTokenFormat } from 'nestjs-jwt-refresh';
import { AuditQueue } from '../../src/audit/audit.queue';
import { TokenMinter } from '../../src/tokens/token-minter';
import { ADMINISTRATORS } from '../support/admin-client';
import { BrowserClient } from '../support/browser-client';
import { type Answer, bearer, HttpClient } from '../support/http';
import { Capture, dump, partsFound, spellings } from '../support/leak-search';
import { LoginController } from '../support/login.controller';
import { basic, CLIENTS, refreshGrant, sendOAuth } from '../support/oauth';
import { PassportController, ProbeController } from '../support/probe.controller';
import { describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

const FORMATS: RefreshTokenFormat[] = ['opaque', 'jwt', 'jwe'];
const ADMIN = '/admin/refresh-tokens';
const TOKEN = /jrt_[\w-]{50,}|[\w-]{20,}(?:\.[\w-]*){4}|eyJ[\w-]+\.[\w-]+\.[\w-]+/g;
/** What gives tokens away, and is meant to. */
const ISSUING = /^POST (\/login|\/login\/grant|\/auth\/jwt-refresh|\/oauth\/token|\/admin\/refresh-tokens)$/;

const HEARD = [
  'refresh_token.issued', 'refresh_token.rotated', 'refresh_token.retried', 'refresh_token.reused', 'refresh_token.revoked', 'refresh_token.refused',
  'admin.looked_up', 'admin.exported', 'admin.tokens_revoked', 'admin.refused',
] as const; // prettier-ignore

/** Remembers the tokens that were issued, and every answer that should have none. */
class RecordingClient extends HttpClient {
  readonly tokens = new Set<string>();
  readonly others: string[] = [];

  override async send(method: string, path: string, init: RequestInit): Promise<Answer> {
    const answer = await super.send(method, path, init);
    // A cursor spells an id in the letters of an access token, and an id is no secret.
    const text = JSON.stringify([answer.body, ...answer.headers], (name, value: unknown) => (/Cursor$/.test(name) ? null : value));
    if (!ISSUING.test(`${method} ${path}`) || answer.status >= 300) this.others.push(text);
    else for (const [token] of text.matchAll(TOKEN)) this.tokens.add(token);
    return answer;
  }
}

describeOnEveryDatabase('after a whole run that logs all it can', (stack) => {
  let said: Capture;
  let tables: string;

  beforeEach(() => {
    said = new Capture();
  });
  afterEach(() => said.stop());

  it.each(FORMATS)('no token and no part of one is anywhere but in the answer that issued it, with %s tokens', async (format) => {
    const secret = randomBytes(48).toString('base64');
    const options: Partial<JwtRefreshModuleOptions> = {
      ...{ secret, refreshToken: { format }, transport: 'both', admin: ADMINISTRATORS, oauth: { clients: CLIENTS.options } },
      throttle: { invalidTokens: { limit: 3 } },
      hooks: { adoptLegacyToken: (token) => (token.startsWith('old-') ? { subject: 'old', issuedAt: new Date(0), tokenId: token } : null) },
    };
    const app = await stack.start(options, {
      imports: [ThrottlerModule.forRoot()],
      controllers: [LoginController, ProbeController, PassportController],
      database: { logging: 'all', logger: 'simple-console' } as never,
      configure: (host) => host.useLogger(said.logger),
    });
    for (const type of HEARD) app.app.get(JwtRefreshEvents).on(type, (event) => said.console.log(JSON.stringify(event), event));
    const http = new RecordingClient(app.url);
    await live(app, http);
    await app.app.get(AuditQueue).flush();
    await app.close().finally(() => said.stop());

    const tokens = [...http.tokens];
    expect(tokens.length).toBeGreaterThan(15);
    const decoded = await Promise.all(tokens.map((token) => app.app.get(TokenMinter).decode(token)));
    const secrets = decoded.filter((token) => token !== null).map((token) => token.secret);
    expect(secrets.length).toBeGreaterThan(6);
    const hidden = [...tokens, secret, ...spellings([...secrets, Buffer.from(secret)])];
    // The search works: what it looks through has the run in it.
    expect(said.text).toMatch(/UPDATE .*refresh_tokens/);
    for (const type of HEARD) expect(said.text).toContain(type);
    expect(http.others.join()).toContain('too_many_requests');
    for (const [place, text] of Object.entries({ log: said.text, tables, answers: http.others.join('\n') })) {
      expect([place, partsFound(hidden, text)]).toEqual([place, []]);
    }
  });

  /** Everything that users, OAuth clients, administrators and strangers do, well and badly. */
  async function live(app: RunningApp, http: RecordingClient): Promise<void> {
    const logIn = async (username: string = newSubject()) => (await http.post('/login', { username })).body;
    const user = await logIn();
    const next = (await http.refresh(user.refresh_token, bearer(user.access_token))).body;
    await http.refresh(user.refresh_token);
    for (const path of ['/me', '/passport/me', '/auth/sessions', '/mobile']) await http.get(path, bearer(next.access_token));
    await http.post('/login/grant', { grant_type: 'refresh_token', refresh_token: next.refresh_token });
    await http.post('/login/peek', { refresh_token: next.refresh_token });
    await http.refresh(next.access_token, bearer(next.refresh_token));
    await http.post('/auth/logout', { refresh_token: (await logIn()).refresh_token });

    const browser = new BrowserClient(http);
    await browser.post('/login', { username: newSubject() });
    for (let i = 0; i < 2; i++) await browser.refresh();
    await browser.refresh({ 'Sec-Fetch-Site': 'cross-site' });
    await browser.logout();

    const client = basic(CLIENTS.any.id, CLIENTS.any.secret);
    const { body } = await refreshGrant(http, (await logIn()).refresh_token, {}, client);
    for (const token of [body.access_token, body.refresh_token]) await sendOAuth(http, 'introspect', { token }, client);
    await refreshGrant(http, body.refresh_token, {}, basic(CLIENTS.api.id, CLIENTS.api.secret));
    await sendOAuth(http, 'revoke', { token: body.refresh_token }, client);
    await refreshGrant(http, body.refresh_token, {}, client);
    await http.refresh('old-token-of-the-system-before');

    await administrate(app, http, user);
    await http.get('/admin/refresh-tokens', bearer(next.access_token));
    app.clock.advance(31);
    await http.refresh(user.refresh_token);
    await http.refresh(next.refresh_token);
    for (let i = 0; i < 5; i++) await http.refresh(`jrt_${i}`);
    tables = await dump(app);
  }

  async function administrate(app: RunningApp, http: RecordingClient, user: { refresh_token: string; access_token: string }): Promise<void> {
    const admin = await app.login(newSubject(), { content: { role: 'admin' } });
    http.tokens.add(admin.accessToken).add(admin.refreshToken);
    const headers = bearer(admin.accessToken);
    const key = (await http.post(ADMIN, { audience: 'test', lifetime: '1h', rotates: false }, headers)).body;
    await http.refresh(key.token);
    for (const token of [user.refresh_token, user.access_token, key.token]) await http.post(`${ADMIN}/lookup`, { token }, headers);
    for (const path of ['', `/${key.id}`, '/stats', '/events', '/export.csv', '/events.csv', '?limit=0']) await http.get(ADMIN + path, headers);
    await http.post(`${ADMIN}/${key.id}/revoke`, { reason: 'a whole run' }, headers);
    await http.post(`${ADMIN}/revoke`, { filter: { kind: 'key' }, reason: 'a whole run' }, headers);
  }
});
