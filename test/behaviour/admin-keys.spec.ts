import { RefreshToken, type RefreshTokenFormat } from 'nestjs-jwt-refresh';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { bearer } from '../support/http';
import { describeOnEveryAdapter, describeOnEveryDatabase, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const DAY = 86_400;

describeOnEveryStack('a key that an administrator makes', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;

  beforeAll(async () => {
    app = await stack.start({ admin: ADMINISTRATORS });
    admin = await AdminClient.signIn(app);
  });
  // The administrator's own session is as old as the clock.
  beforeEach(async () => (admin = await AdminClient.signIn(app)));

  const make = async (more: object = {}) => {
    const { status, body } = await admin.post('', { audience: 'test', lifetime: '90d', ...more });
    expect(status).toBe(201);
    return body as Record<string, any> & { id: string; token: string }; // eslint-disable-line @typescript-eslint/no-explicit-any -- a JSON answer
  };

  it('is the row and its token', async () => {
    const now = app.clock.now();
    const subject = newSubject();
    const content = { scope: ['read', 'write'], tenant: { id: 7, name: 'Ünïcödé' } };
    const { token, ...row } = await make({ subject, lifetime: '1h', label: 'build robot', content, rotates: false });
    const end = new Date(now + 3_600_000).toISOString();
    expect(row).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind: 'key',
      subject,
      audience: 'test',
      lifetime: 3600,
      createdAt: new Date(now).toISOString(),
      expiresAt: end,
      endsAt: end,
      revokedAt: null,
      revokedReason: null,
      revokedBy: null,
      lastUsed: null,
      content,
      tokenHash: expect.stringMatching(/^[\w-]{43}$/),
      jti: `${row.id}.0`,
      generation: 0,
      rotates: false,
      label: 'build robot',
      deviceInfo: null,
      status: 'active',
    });
    expect(token).toMatch(/^jrt_[\w-]{100,}$/);
    const { events, eventsCapped, ...shown } = (await admin.get(`/${row.id}`)).body;
    expect(shown).toEqual(row);
    expect(events).toMatchObject([{ type: 'refresh_token.issued', actor: admin.subject, subject, ip: '127.0.0.1', result: 'ok' }]);
    expect(eventsCapped).toBe(false);
  });

  it('is nobody’s, rotates and says nothing more, unless told otherwise', async () => {
    const { id, ...key } = await make();
    expect(key).toMatchObject({ subject: `key:${id}`, rotates: true, content: {}, label: null });
  });

  it.each<[lifetime: unknown, seconds: number]>([
    [1, 1],
    [3600, 3600],
    ['30s', 30],
    ['15m', 900],
    ['90d', 90 * DAY],
    ['365 days', 365 * DAY],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ])('lives as long as it is told, also longer than sessions may: %j', async (lifetime, seconds) => {
    const { createdAt, expiresAt, endsAt, lifetime: stored } = await make({ lifetime });
    expect(stored).toBe(seconds);
    expect([Date.parse(expiresAt), Date.parse(endsAt)]).toEqual(Array(2).fill(Date.parse(createdAt) + seconds * 1000));
  });

  it.each(['iss', 'aud', 'sub', 'sid', 'gen', 'jti', 'iat', 'nbf', 'exp'])('names no claim that the module writes: %s', async (claim) => {
    const rows = await app.dataSource.getRepository(RefreshToken).count();
    const { status, body } = await admin.post('', { audience: 'test', lifetime: 60, content: { role: 'x', [claim]: 'admin' } });
    expect([status, body.code]).toEqual([400, 'request_invalid']);
    expect(body.message).toContain(claim);
    expect(await app.dataSource.getRepository(RefreshToken).count()).toBe(rows);
  });

  it('carries at most 4096 bytes of claims', async () => {
    const content = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });
    expect((await make({ content: content(4096) })).content).toEqual(content(4096));
    for (const refused of [content(4097), { a: 'ü'.repeat(2048) }]) {
      const { status, body } = await admin.post('', { audience: 'test', lifetime: 60, content: refused });
      expect([status, body.code]).toEqual([400, 'request_invalid']);
    }
  });

  it('gives access tokens with its subject, audience and claims', async () => {
    const { token, id, subject } = await make({ content: { scope: 'read' } });
    const { body } = await app.http.refresh(token);
    expect((await app.http.get('/me', bearer(body.access_token))).body).toMatchObject({ sub: subject, sid: id, aud: 'test', scope: 'read', gen: 1 });
    const mobile = await make({ audience: 'mobile' });
    const access = (await app.http.refresh(mobile.token)).body.access_token;
    expect((await app.http.get('/mobile', bearer(access))).status).toBe(200);
    expect((await app.http.get('/me', bearer(access))).status).toBe(401);
  });

  it('that rotates is exchanged like a session, with reuse found out, and its end does not move', async () => {
    const { token, id, endsAt } = await make({ lifetime: '10d' });
    app.clock.advance('9d');
    const { body } = await app.http.refresh(token);
    expect(body.refresh_token).not.toBe(token);
    expect(body.refresh_expires_in).toBe(DAY);
    admin = await AdminClient.signIn(app);
    expect((await admin.get(`/${id}`)).body).toMatchObject({ generation: 1, expiresAt: endsAt, endsAt });
    app.clock.advance(31);
    expect((await app.http.refresh(token)).body.code).toBe('refresh_token_reused');
    expect((await app.http.refresh(body.refresh_token)).body.code).toBe('refresh_token_revoked');
  });

  it('that does not rotate is the same token again and again, until its end', async () => {
    const { token, id, endsAt } = await make({ lifetime: '10d', rotates: false });
    for (const wait of [0, 1, 60, 3600, 9 * DAY]) {
      app.clock.advance(wait);
      const { status, body } = await app.http.refresh(token);
      expect([status, body.refresh_token]).toEqual([200, token]);
    }
    app.clock.set(new Date(Date.parse(endsAt) - 1));
    expect((await app.http.refresh(token)).status).toBe(200);
    app.clock.advanceMilliseconds(1);
    expect((await app.http.refresh(token)).body.code).toBe('refresh_token_expired');
    admin = await AdminClient.signIn(app);
    expect((await admin.get(`/${id}`)).body).toMatchObject({ generation: 0, status: 'expired', endsAt });
  });

  it('that does not rotate says when it was last used to the minute, so that a busy key is no busy row', async () => {
    const { token, id } = await make({ rotates: false });
    const lastUsed = async () => Date.parse((await admin.get(`/${id}`)).body.lastUsed);
    const first = app.clock.now();
    await app.http.refresh(token);
    expect(await lastUsed()).toBe(first);
    app.clock.advanceMilliseconds(59_999);
    expect(await app.statements.during(() => app.http.refresh(token))).toEqual(['SELECT']);
    expect(await lastUsed()).toBe(first);
    app.clock.advanceMilliseconds(1);
    expect(await app.statements.during(() => app.http.refresh(token))).toEqual(['SELECT', 'UPDATE']);
    expect(await lastUsed()).toBe(first + 60_000);
  });

  it('that is revoked is refused at once, and so are its access tokens', async () => {
    for (const rotates of [true, false]) {
      const { token, id } = await make({ rotates });
      const { body } = await app.http.refresh(token);
      expect((await app.http.get('/strict', bearer(body.access_token))).status).toBe(200);
      expect((await admin.delete(`/${id}`)).body).toMatchObject({ status: 'revoked' });
      expect((await app.http.refresh(body.refresh_token)).body.code).toBe('refresh_token_revoked');
      expect((await app.http.get('/strict', bearer(body.access_token))).body.code).toBe('access_token_revoked');
    }
  });

  it('for a subject ends with all that is the subject’s, but is none of its sessions', async () => {
    const subject = newSubject();
    const { token } = await make({ subject, rotates: false });
    const { accessToken } = await app.login(subject);
    expect((await app.http.get('/auth/sessions', bearer(accessToken))).body.data).toHaveLength(1);
    await app.http.logout('all', bearer(accessToken));
    expect((await app.http.refresh(token)).body.code).toBe('refresh_token_revoked');
  });
});

describeOnEveryDatabase('keys and the limit of sessions', (stack) => {
  it('have nothing to do with each other', async () => {
    const app = await stack.start({ admin: ADMINISTRATORS, maxSessionsPerSubject: 2 });
    const admin = await AdminClient.signIn(app);
    const subject = newSubject();
    const keys = [];
    for (let i = 0; i < 3; i++) keys.push((await admin.post('', { audience: 'test', lifetime: 60, subject, rotates: false })).body.token);
    for (let i = 0; i < 3; i++) await app.login(subject);
    for (const token of keys) expect((await app.http.refresh(token)).status).toBe(200);
    const rows = await app.rows(subject);
    expect(rows.filter(({ kind, revokedAt }) => kind === 'session' && !revokedAt)).toHaveLength(2);
    expect(rows.filter(({ revokedReason }) => revokedReason === 'session_limit').map(({ kind }) => kind)).toEqual(['session']);
  });
});

describeOnEveryAdapter('the token of a key', (stack) => {
  it.each<RefreshTokenFormat>(['opaque', 'jwt', 'jwe'])('is in the one answer and nowhere else, as %s', async (format) => {
    const said: string[] = [];
    const note = (...words: unknown[]) => void said.push(words.map(String).join(' '));
    const logger = { log: note, error: note, warn: note, debug: note, verbose: note, fatal: note };
    const app = await stack.start({ admin: ADMINISTRATORS, refreshToken: { format } }, { configure: (host) => host.useLogger(logger) });
    const admin = await AdminClient.signIn(app);
    const { body } = await admin.post('', { audience: 'test', lifetime: 60, rotates: false });
    const token = body.token as string;
    expect((await app.http.refresh(token)).body.refresh_token).toBe(token);
    await admin.post('/lookup', { token });
    await admin.delete(`/${body.id}`);
    const places = [];
    for (const path of ['', `/${body.id}`, '/events', '/export.csv', '/events.csv', '/settings', '/stats']) places.push((await admin.get(path)).body);
    places.push(said, app.statements.entries);
    for (const table of ['refresh_tokens', 'refresh_token_events']) places.push(await app.dataSource.query(`SELECT * FROM ${table}`));
    const text = JSON.stringify(places);
    expect(text).toContain(body.tokenHash);
    for (let from = 4; from + 20 <= token.length; from += 10) {
      // What any two of its tokens have in common, the name of the format and the ids, is no secret.
      if (format === 'opaque' && from < 60) continue;
      if (format !== 'opaque' && from < token.indexOf('.') + 70) continue;
      expect(text).not.toContain(token.slice(from, from + 20));
    }
  });
});
