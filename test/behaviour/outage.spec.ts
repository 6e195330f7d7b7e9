import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { sqliteFile } from '../../demo/database-url';
import { AuditQueue } from '../../src/audit/audit.queue';
import { RefreshTokenStore } from '../../src/sessions/refresh-token.store';
import { BrowserClient } from '../support/browser-client';
import { type Answer, bearer, INSIDES } from '../support/http';
import { LoginController } from '../support/login.controller';
import { PassportController, ProbeController } from '../support/probe.controller';
import { basic, CLIENTS, refreshGrant, sendOAuth } from '../support/oauth';
import { passTime } from '../support/pass-time';
import { describeOnEveryDatabase, newSubject, type RunningApp, type Stack } from '../support/stack';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

describeOnEveryDatabase('a database that goes away', (stack) => {
  if (stack.kind.name === 'sqlite') onSqlite(stack);
  else onServer(stack);
});

const expectUnavailable = ({ status, headers, body }: Answer): void => {
  expect({ status, code: body.code, retryAfter: headers.get('retry-after') }).toEqual({
    status: 503,
    code: 'temporarily_unavailable',
    retryAfter: '1',
  });
  expect(JSON.stringify(body)).not.toMatch(INSIDES);
};

const { any } = CLIENTS;
const withClients = { oauth: { clients: [...CLIENTS.options] } };

/** RFC 7009 §2.2.1 for revocation; the other OAuth routes answer alike. */
const expectUnavailableOAuth = ({ status, headers, body }: Answer): void => {
  expect({ status, error: body.error, retryAfter: headers.get('retry-after') }).toEqual({
    status: 503,
    error: 'temporarily_unavailable',
    retryAfter: '1',
  });
};

function onServer(stack: Stack): void {
  const named = (table: string) => (stack.kind.name === 'postgres' ? `"${table}"` : `\`${table}\``);
  /** How a rotation or revocation begins; the counts of events are updates too. */
  const change = `UPDATE ${named('refresh_tokens')}`;
  /** What only a rotation sends: MySQL and MariaDB are sent the values of a prepared statement, and one is the server secret's name. */
  const rotation = stack.kind.name === 'postgres' ? change : 'default';
  let proxy: TcpProxy;
  let app: RunningApp;

  beforeAll(async () => {
    proxy = await TcpProxy.before(stack.url);
    app = await stack.start(
      { transport: 'both', revocation: { check: 'strict' } },
      { controllers: [ProbeController, PassportController, LoginController] },
      proxy.url,
    );
  });
  afterEach(() => proxy.restore());
  afterAll(async () => {
    await app.close();
    await proxy.close();
  });

  it('answers 503 with Retry-After everywhere, never 401, and the same tokens work when it is back', async () => {
    const subject = newSubject();
    const { accessToken, refreshToken } = await app.login(subject);
    const other = await app.login(subject);
    proxy.cut();
    for (let i = 0; i < 3; i++) {
      expectUnavailable(await app.http.refresh(refreshToken));
      expectUnavailable(await app.http.logout(other.refreshToken));
      expectUnavailable(await app.http.logout('all', bearer(accessToken)));
      expectUnavailable(await app.http.get('/strict', bearer(accessToken)));
      expectUnavailable(await app.http.get('/passport/me', bearer(accessToken)));
      expectUnavailable(await app.http.get('/auth/sessions', bearer(accessToken)));
    }
    expect((await app.http.get('/stateless', bearer(accessToken))).status).toBe(200);
    expect((await app.http.refresh('junk')).status).toBe(401);
    proxy.restore();
    expect((await app.http.get('/strict', bearer(accessToken))).status).toBe(200);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
    expect((await app.http.logout(other.refreshToken)).status).toBe(204);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }, { revokedReason: 'logout' }]);
  });

  it('answers 503 with Retry-After on the OAuth routes, never 200 and never that a token is not active', async () => {
    const clients = await stack.start(withClients, {}, proxy.url);
    const { accessToken, refreshToken } = await clients.login(newSubject());
    const client = basic(any.id, any.secret);
    proxy.cut();
    for (const token of [accessToken, refreshToken]) {
      expectUnavailableOAuth(await sendOAuth(clients.http, 'revoke', { token }, client));
      expectUnavailableOAuth(await sendOAuth(clients.http, 'introspect', { token }, client));
    }
    expectUnavailableOAuth(await refreshGrant(clients.http, refreshToken, {}, client));
    proxy.restore();
    expect((await sendOAuth(clients.http, 'introspect', { token: accessToken }, client)).body.active).toBe(true);
    expect((await refreshGrant(clients.http, refreshToken, {}, client)).status).toBe(200);
    expect((await sendOAuth(clients.http, 'revoke', { token: refreshToken }, client)).status).toBe(200);
    await clients.close();
  });

  it('gives the same successor when the reply to a committed rotation never arrived', async () => {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    proxy.loseNextReplyTo(rotation);
    expectUnavailable(await app.http.refresh(refreshToken));
    expect(await app.rows(subject)).toMatchObject([{ generation: 1 }]);
    const successor = await app.http.refresh(refreshToken);
    expect(successor.status).toBe(200);
    expect((await app.http.refresh(successor.body.refresh_token)).status).toBe(200);
    expect(await app.rows(subject)).toMatchObject([{ generation: 2, revokedAt: null }]);
  });

  it('rotates once when the connection broke before the rotation was sent, and the client sends its token again', async () => {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    const broken = proxy.breakAt(rotation, 'statement');
    expectUnavailable(await app.http.refresh(refreshToken));
    expect(await broken).toBe(true);
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
  });

  it('costs no browser its cookie, also when the reply to a committed rotation never arrived', async () => {
    const subject = newSubject();
    const browser = new BrowserClient(app.http);
    await browser.post('/login', { username: subject });
    proxy.cut();
    for (const answer of [await browser.refresh(), await browser.logout()]) {
      expectUnavailable(answer);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    proxy.restore();
    proxy.loseNextReplyTo(rotation);
    expectUnavailable(await browser.refresh());
    for (let i = 0; i < 2; i++) expect((await browser.refresh()).status).toBe(200);
    expect(await app.rows(subject)).toMatchObject([{ generation: 2, revokedAt: null }]);
  });

  it('revokes for reuse at the next presentation when the connection broke before the commit', async () => {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    app.clock.advance(31);
    proxy.loseNextReplyTo(change);
    expectUnavailable(await app.http.refresh(refreshToken));
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_reused');
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'reuse' }]);
    expect((await app.audit(subject)).filter(({ type }) => type === 'refresh_token.reused')).toHaveLength(1);
  });

  it('says 503 to a logout whose reply never arrived, and the token is dead', async () => {
    const { refreshToken } = await app.login(newSubject());
    proxy.loseNextReplyTo(change);
    expectUnavailable(await app.http.logout(refreshToken));
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.logout(refreshToken)).status).toBe(204);
  });

  it('keeps audit events while it is away and writes them once when it is back', async () => {
    const subject = newSubject();
    let { refreshToken } = await app.login(subject);
    refreshToken = (await app.http.refresh(refreshToken)).body.refresh_token;
    proxy.cut();
    await expect(app.audit(subject)).rejects.toThrow();
    proxy.restore();
    await app.http.refresh(refreshToken);
    expect((await app.audit(subject)).map(({ type }) => type)).toEqual(['refresh_token.issued', 'refresh_token.rotated', 'refresh_token.rotated']);
  });

  it('writes an audit event once whose reply never arrived, and loses none that came after it', async () => {
    const subject = newSubject();
    await app.audit(subject);
    const { refreshToken } = await app.login(subject);
    proxy.loseNextReplyTo(`INSERT INTO ${named('refresh_token_events')}`);
    await app.app.get(AuditQueue).flush();
    await app.http.refresh(refreshToken);
    expect((await app.audit(subject)).map(({ type }) => type)).toEqual(['refresh_token.issued', 'refresh_token.rotated']);
  });

  if (stack.kind.name === 'postgres') {
    it('goes on when a new connection is lost in the moment in which it is handed out', async () => {
      const { refreshToken } = await app.login(newSubject());
      const { master } = app.dataSource.driver as unknown as { master: EventEmitter };
      proxy.cut();
      proxy.restore();
      // Between the pool, which hears of errors no more, and TypeORM, which does not yet.
      master.once('connect', (connection: EventEmitter) => process.nextTick(() => connection.emit('error', new Error('the server is gone'))));
      let status = 503;
      while (status === 503) ({ status } = await app.http.refresh(refreshToken));
      expect(status).toBe(200);
    });
  }
}

function onSqlite(stack: Stack): void {
  let app: RunningApp;
  let rival: Database.Database;

  beforeAll(async () => {
    app = await stack.start();
    rival = new Database(sqliteFile(stack.url)!);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    if (rival.inTransaction) rival.exec('ROLLBACK');
  });
  afterAll(() => rival.close());

  it('waits three seconds and more while another process holds the write lock, then answers 200', async () => {
    const { refreshToken } = await app.login(newSubject());
    await app.audit('nobody');
    rival.exec('BEGIN IMMEDIATE');
    const begun = app.statements.entries.length;
    const answer = app.http.refresh(refreshToken);
    const tries = async (count: number) => {
      while (app.statements.entries.length < begun + count) await new Promise(setImmediate);
    };
    // The SELECT, and the UPDATE more than once: it has met the lock and come back.
    await tries(3);
    passTime(3000);
    await tries(5);
    rival.exec('ROLLBACK');
    expect((await answer).status).toBe(200);
  });

  it('lets one statement ask again and again meanwhile, for all that want to write: each time blocks the process', async () => {
    const logins = await Promise.all(Array.from({ length: 10 }, () => app.login(newSubject())));
    await app.audit('nobody');
    rival.exec('BEGIN IMMEDIATE');
    const begun = app.statements.entries.length;
    const answers = logins.map(({ refreshToken }) => app.http.refresh(refreshToken));
    const tried = () => app.statements.since(begun).filter(({ sql }) => sql.startsWith('UPDATE'));
    await until(() => tried().length >= 15);
    expect(new Set(tried().map(({ parameters }) => String(parameters))).size).toBe(1);
    rival.exec('ROLLBACK');
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  it('reads rows of many sessions at once while another process holds the write lock', async () => {
    const { sessionId } = await app.login(newSubject());
    await app.audit('nobody');
    rival.exec('BEGIN IMMEDIATE');
    const store = app.app.get(RefreshTokenStore);
    const rows = await Promise.all(Array.from({ length: 40 }, (_, index) => store.findById(index === 20 ? sessionId : randomUUID())));
    expect(rows.map((row) => row?.id).filter(Boolean)).toEqual([sessionId]);
  });

  it('answers 503 when the lock is held too long, and the same token works afterwards', async () => {
    const { refreshToken, accessToken } = await app.login(newSubject());
    rival.exec('BEGIN IMMEDIATE');
    expectUnavailable(await app.http.refresh(refreshToken));
    expect((await app.http.get('/strict', bearer(accessToken))).status).toBe(200);
    rival.exec('ROLLBACK');
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  it('answers 503 on the OAuth routes when the lock is held too long; asking needs no lock', async () => {
    const clients = await stack.start(withClients);
    const { refreshToken, accessToken } = await clients.login(newSubject());
    const client = basic(any.id, any.secret);
    await clients.audit('nobody');
    rival.exec('BEGIN IMMEDIATE');
    expectUnavailableOAuth(await refreshGrant(clients.http, refreshToken, {}, client));
    for (const token of [refreshToken, accessToken]) expectUnavailableOAuth(await sendOAuth(clients.http, 'revoke', { token }, client));
    expect((await sendOAuth(clients.http, 'introspect', { token: refreshToken }, client)).body.active).toBe(true);
    rival.exec('ROLLBACK');
    expect((await refreshGrant(clients.http, refreshToken, {}, client)).status).toBe(200);
  });
}
