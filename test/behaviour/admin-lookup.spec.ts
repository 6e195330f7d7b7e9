import type { RefreshTokenFormat } from 'nestjs-jwt-refresh';
import { signTestToken } from 'nestjs-jwt-refresh/testing';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const FORMATS: RefreshTokenFormat[] = ['opaque', 'jwt', 'jwe'];
const OLD = { id: 'old', value: 'o'.repeat(40) };
const YOUNG = { id: 'young', value: 'y'.repeat(40) };

describeOnEveryStack('a pasted token', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;
  let apps: Record<string, RunningApp>;

  beforeAll(async () => {
    apps = {};
    for (const format of FORMATS) apps[format] = await stack.start({ admin: ADMINISTRATORS, secret: [OLD], refreshToken: { format } });
    app = apps.opaque!;
  });
  beforeEach(async () => (admin = await AdminClient.signIn(app)));

  const lookup = (token: string, by = admin) => by.post('/lookup', { token });

  it.each(FORMATS)('that is a refresh token is found in each generation, by a server of any format: %s', async (format) => {
    const subject = newSubject();
    const { refreshToken, sessionId } = await apps[format]!.login(subject);
    expect((await lookup(refreshToken)).body).toMatchObject({ id: sessionId, subject, presented: { type: 'refresh', generation: 0, current: true } });
    const { body } = await apps[format]!.http.refresh(refreshToken);
    expect((await lookup(refreshToken)).body.presented).toEqual({ type: 'refresh', generation: 0, current: false });
    const { presented, ...row } = (await lookup(body.refresh_token)).body;
    expect(presented).toEqual({ type: 'refresh', generation: 1, current: true });
    const { events: _, eventsCapped: __, ...shown } = (await admin.get(`/${sessionId}`)).body;
    expect(row).toEqual(shown);
  });

  it('is found with the white space that came along', async () => {
    const { refreshToken, sessionId } = await app.login(newSubject());
    expect((await lookup(` ${refreshToken}\r\n`)).body.id).toBe(sessionId);
  });

  it('that is an access token is found too, of any audience, and after its end', async () => {
    const { accessToken, refreshToken, sessionId } = await app.login(newSubject(), { audience: 'mobile' });
    expect((await lookup(accessToken)).body).toMatchObject({ id: sessionId, presented: { type: 'access', generation: 0, current: true } });
    await app.http.refresh(refreshToken);
    app.clock.advance('2h');
    admin = await AdminClient.signIn(app);
    expect((await lookup(accessToken)).body).toMatchObject({ id: sessionId, presented: { type: 'access', generation: 0, current: false } });
  });

  it('is found when its family has expired or was revoked, and using it up is not looking it up', async () => {
    const subject = newSubject();
    const { refreshToken } = await app.login(subject, { lifetime: 60 });
    app.clock.advance(60);
    expect((await lookup(refreshToken)).body.status).toBe('expired');
    await app.jwtRefresh.revokeAll(subject);
    expect((await lookup(refreshToken)).body.status).toBe('revoked');
    const fresh = await app.login(subject);
    app.clock.advance(31);
    for (let i = 0; i < 2; i++) await lookup(fresh.refreshToken);
    expect((await app.http.refresh(fresh.refreshToken)).status).toBe(200);
    app.clock.advance(31);
    await lookup(fresh.refreshToken);
    expect((await app.rows(subject)).at(-1)).toMatchObject({ generation: 1, revokedAt: null });
  });

  it('of a secret that was removed, of nobody, forged, cut off or made up is not found', async () => {
    const { refreshToken, accessToken } = await app.login(newSubject());
    const moved = await stack.start({ admin: ADMINISTRATORS, secret: [YOUNG] });
    const mover = await AdminClient.signIn(moved);
    for (const token of [refreshToken, accessToken]) expect((await lookup(token, mover)).status).toBe(404);
    const forged = [
      await signTestToken(app.app, {}),
      await signTestToken(app.app, { sid: "' OR 1=1 --" }),
      await signTestToken(app.app, { iss: 'https://evil.example', sid: admin.sessionId }),
      await signTestToken(app.app, { sid: admin.sessionId }, { typ: 'JWT' }),
      refreshToken.slice(0, -1),
      `${refreshToken}A`,
      `${accessToken}A`,
      accessToken.slice(0, accessToken.lastIndexOf('.') + 1),
      `${refreshToken.slice(0, 20)} ${refreshToken.slice(20)}`,
      '',
      'junk',
      'a.b.c',
      'a.b.c.d.e',
      'jrt_',
      '.'.repeat(8192),
      '\0',
    ];
    for (const token of forged) {
      const { status, body } = await lookup(token);
      expect([token.slice(0, 20), status, body.code]).toEqual([token.slice(0, 20), 404, 'refresh_token_not_found']);
    }
  });

  it('leaves nothing of itself in statements, events or answers', async () => {
    const { refreshToken, accessToken } = await app.login(newSubject());
    const start = app.statements.entries.length;
    const answers = [];
    for (const token of [refreshToken, accessToken, `${refreshToken}A`, 'needle-in-a-haystack']) answers.push((await lookup(token)).body);
    const { body: events } = await admin.find('/events', { limit: 200 });
    const traces = JSON.stringify([app.statements.entries.slice(start), events, answers]);
    for (const token of [refreshToken, accessToken]) expect(traces).not.toContain(token.slice(-24));
    expect(traces).not.toContain('needle');
  });
});
