import { signTestToken } from 'nestjs-jwt-refresh/testing';
import { RefreshToken } from 'nestjs-jwt-refresh';
import { newId } from '../../src/ids';
import { bearer } from '../support/http';
import { insertRows } from '../support/insert-rows';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0';

describeOnEveryStack('logout and own sessions', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start();
  });
  beforeEach(() => {
    subject = newSubject();
  });
  const alive = async (refreshToken: string): Promise<boolean> => (await app.http.refresh(refreshToken)).status === 200;

  it('a session whose first answer never arrived is listed, and can be ended like any other', async () => {
    const lost = await app.login(subject);
    const { accessToken } = await app.login(subject);
    const { body } = await app.http.get('/auth/sessions', bearer(accessToken));
    expect(body.data).toContainEqual(expect.objectContaining({ id: lost.sessionId }));
    expect((await app.http.delete(`/auth/sessions/${lost.sessionId}`, bearer(accessToken))).status).toBe(204);
    expect((await app.http.refresh(lost.refreshToken)).body.code).toBe('refresh_token_revoked');
  });

  describe('logout', () => {
    it('ends the session of the refresh token, its access tokens on the very next request, and no other', async () => {
      const here = await app.login(subject);
      const elsewhere = await app.login(subject);
      expect((await app.http.logout(here.refreshToken)).status).toBe(204);
      expect((await app.http.get('/me', bearer(here.accessToken))).body.code).toBe('access_token_revoked');
      expect((await app.http.refresh(here.refreshToken)).body.code).toBe('refresh_token_revoked');
      expect(await alive(elsewhere.refreshToken)).toBe(true);
      expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout', revokedBy: subject }, { revokedAt: null }]);
    });

    it('answers 204 again when it is repeated, also at once', async () => {
      const { refreshToken } = await app.login(subject);
      const answers = await Promise.all([app.http.logout(refreshToken), app.http.logout(refreshToken)]);
      expect(answers.map(({ status }) => status)).toEqual([204, 204]);
      expect((await app.http.logout(refreshToken)).status).toBe(204);
      expect((await app.audit(subject)).filter(({ type }) => type === 'refresh_token.revoked')).toHaveLength(1);
    });

    it('takes any token of the session, also a spent one, and never calls it a reuse', async () => {
      const { refreshToken } = await app.login(subject);
      const { refresh_token: current } = (await app.http.refresh(refreshToken)).body;
      app.clock.advance(60);
      expect((await app.http.logout(refreshToken)).status).toBe(204);
      expect((await app.http.refresh(current)).body.code).toBe('refresh_token_revoked');
      expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
    });

    it('answers 204 to a token that is unknown, cut short or made up, and ends nothing', async () => {
      const { refreshToken } = await app.login(subject);
      for (const token of ['unknown', refreshToken.slice(0, -1), `${refreshToken}A`, 'ALL', 'all ']) {
        expect((await app.http.logout(token)).status).toBe(204);
      }
      expect(await alive(refreshToken)).toBe(true);
    });

    it('leaves a session alone that belongs to somebody else than the access token', async () => {
      const mine = await app.login(subject);
      const theirs = await app.login(newSubject());
      expect((await app.http.logout(theirs.refreshToken, bearer(mine.accessToken))).status).toBe(204);
      expect(await alive(theirs.refreshToken)).toBe(true);
    });

    it('ends all sessions of the account with "all" and a valid access token', async () => {
      const sessions = [await app.login(subject), await app.login(subject), await app.login(subject)];
      const bystander = await app.login(newSubject());
      expect((await app.http.logout('all', bearer(sessions[0]!.accessToken))).status).toBe(204);
      for (const { refreshToken } of sessions) expect(await alive(refreshToken)).toBe(false);
      expect(await alive(bystander.refreshToken)).toBe(true);
      const revocations = (await app.audit(subject)).filter(({ type }) => type === 'refresh_token.revoked');
      expect(revocations).toHaveLength(3);
      expect(revocations).toMatchObject(Array(3).fill({ reason: 'logout_all', actor: subject }));
    });

    it('does so once for an "all" that is sent twice at once, or again because its answer was lost', async () => {
      const { accessToken } = await app.login(subject);
      const logout = () => app.http.logout('all', bearer(accessToken));
      const answers = [...(await Promise.all([logout(), logout()])), await logout()];
      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
      const later = await app.login(subject);
      expect((await logout()).status).toBe(204);
      expect(await alive(later.refreshToken)).toBe(true);
    });

    it('refuses "all" of a session that was ended alone, because the others live', async () => {
      const [ended, other] = [await app.login(subject), await app.login(subject)];
      await app.http.logout(ended.refreshToken);
      expect((await app.http.logout('all', bearer(ended.accessToken))).body.code).toBe('access_token_revoked');
      expect(await alive(other.refreshToken)).toBe(true);
    });

    it.each([
      ['no access token', async () => ({}), 'access_token_missing'],
      ['junk', async () => bearer('junk'), 'access_token_invalid'],
      ['an access token of no session', async () => bearer(await signTestToken(app.app, { sub: subject })), 'access_token_revoked'],
    ])('refuses "all" with %s and ends nothing', async (_, headers, code) => {
      const { refreshToken } = await app.login(subject);
      const answer = await app.http.logout('all', await headers());
      expect(answer).toMatchObject({ status: 401, body: { code } });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await alive(refreshToken)).toBe(true);
    });

    it('ends the session of the access token when no refresh token is sent', async () => {
      const { accessToken, refreshToken } = await app.login(subject);
      app.clock.advance('31m');
      expect((await app.http.post('/auth/logout', {}, bearer(accessToken))).status).toBe(204);
      expect(await alive(refreshToken)).toBe(false);
    });

    it('does so for an empty body that calls itself JSON, as aurelia-authentication sends it', async () => {
      const { accessToken, refreshToken } = await app.login(subject);
      const headers = { ...bearer(accessToken), 'Content-Type': 'application/json' };
      expect((await app.http.send('POST', '/auth/logout', { headers })).status).toBe(204);
      expect(await alive(refreshToken)).toBe(false);
    });

    it('answers 400 when there is neither token', async () => {
      expect(await app.http.post('/auth/logout', {})).toMatchObject({ status: 400, body: { code: 'refresh_token_missing' } });
      expect(await app.http.post('/auth/logout', {}, bearer('junk'))).toMatchObject({ status: 400 });
    });
  });

  describe('sessions', () => {
    it('lists the live sessions of the caller, newest first, with nothing secret', async () => {
      const request = { headers: { 'user-agent': FIREFOX }, ip: '::ffff:192.0.2.7' };
      const old = await app.login(subject, { label: 'Laptop', request });
      app.clock.advance('1h');
      const { accessToken, sessionId } = await app.login(subject);
      const ended = await app.login(subject);
      await app.http.logout(ended.refreshToken);
      await app.login(subject, { lifetime: 1 });
      app.clock.advance(1);
      await app.login(newSubject());
      const { status, body } = await app.http.get('/auth/sessions', bearer(accessToken));
      expect(status).toBe(200);
      const hour = new Date(app.clock.now() - 1000);
      expect(body).toEqual({
        data: [
          {
            id: sessionId, current: true, audience: 'test', label: null, device_info: null,
            created_at: hour.toISOString(), last_used: null, expires_at: new Date(hour.getTime() + 14 * 86_400_000).toISOString(),
          },
          {
            id: old.sessionId, current: false, audience: 'test', label: 'Laptop',
            device_info: { user_agent: FIREFOX, browser: 'Firefox 142.0', os: 'Windows 10', device: 'desktop', ip: '192.0.2.7' },
            created_at: new Date(hour.getTime() - 3_600_000).toISOString(), last_used: null, expires_at: expect.any(String),
          },
        ],
      }); // prettier-ignore
    });

    it('shows when a session was last used', async () => {
      const { refreshToken } = await app.login(subject);
      app.clock.advance('5m');
      const { access_token: accessToken } = (await app.http.refresh(refreshToken)).body;
      const { body } = await app.http.get('/auth/sessions', bearer(accessToken));
      expect(body.data).toMatchObject([{ last_used: new Date(app.clock.now()).toISOString() }]);
    });

    it('ends one session of the caller by its id', async () => {
      const mine = await app.login(subject);
      const other = await app.login(subject);
      expect((await app.http.delete(`/auth/sessions/${other.sessionId}`, bearer(mine.accessToken))).status).toBe(204);
      expect(await alive(other.refreshToken)).toBe(false);
      expect(await alive(mine.refreshToken)).toBe(true);
    });

    it("gives the same 404 for a stranger's session, an ended one, an unknown one and nonsense", async () => {
      const { accessToken } = await app.login(subject);
      const stranger = await app.login(newSubject());
      const ended = await app.login(subject);
      await app.http.logout(ended.refreshToken);
      const ids = [stranger.sessionId, ended.sessionId, '01981f6e-0000-7000-8000-000000000000', 'nonsense', `${ended.sessionId}'--`];
      const answers = await Promise.all(ids.map((id) => app.http.delete(`/auth/sessions/${encodeURIComponent(id)}`, bearer(accessToken))));
      for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 404, body: answers[0]!.body });
      expect(answers[0]!.body.code).toBe('session_not_found');
      expect(await alive(stranger.refreshToken)).toBe(true);
    });

    it('ends nothing by an id that is empty', async () => {
      const { accessToken, refreshToken } = await app.login(subject);
      for (const path of ['/auth/sessions/', '/auth/sessions/?except=current']) {
        expect((await app.http.delete(path, bearer(accessToken))).status).toBe(404);
      }
      expect(await alive(refreshToken)).toBe(true);
    });

    it('minds no type of a body that is not there', async () => {
      const [mine, other] = [await app.login(subject), await app.login(subject)];
      const headers = { ...bearer(mine.accessToken), 'Content-Type': 'application/json' };
      for (const path of [`/auth/sessions/${other.sessionId}`, '/auth/sessions?except=current', '/auth/sessions']) {
        expect((await app.http.delete(path, headers)).status).toBe(204);
      }
      expect(await alive(mine.refreshToken)).toBe(false);
    });

    it('are kept by no cache', async () => {
      const { accessToken } = await app.login(subject);
      expect((await app.http.get('/auth/sessions', bearer(accessToken))).headers.get('cache-control')).toBe('no-store');
    });

    it('ends all others with except=current, and all without', async () => {
      const [mine, ...others] = [await app.login(subject), await app.login(subject), await app.login(subject)];
      expect((await app.http.delete('/auth/sessions?except=current', bearer(mine!.accessToken))).status).toBe(204);
      for (const { refreshToken } of others) expect(await alive(refreshToken)).toBe(false);
      expect((await app.http.get('/me', bearer(mine!.accessToken))).status).toBe(200);
      expect((await app.http.delete('/auth/sessions', bearer(mine!.accessToken))).status).toBe(204);
      expect((await app.http.get('/me', bearer(mine!.accessToken))).status).toBe(401);
    });

    it('refuses an unknown query and ends nothing', async () => {
      const { accessToken, refreshToken } = await app.login(subject);
      for (const query of ['except=others', 'except=current&except=current', 'exept=current']) {
        expect((await app.http.delete(`/auth/sessions?${query}`, bearer(accessToken))).status).toBe(400);
      }
      expect(await alive(refreshToken)).toBe(true);
    });

    it.each([false, true])('is closed to requests without an access token (globalGuard: %s)', async (globalGuard) => {
      const { http } = await stack.start({ globalGuard });
      expect((await http.get('/auth/sessions')).body.code).toBe('access_token_missing');
      expect((await http.delete('/auth/sessions')).body.code).toBe('access_token_missing');
      expect((await http.delete('/auth/sessions/01981f6e-0000-7000-8000-000000000000')).body.code).toBe('access_token_missing');
    });
  });

  describe('maxSessionsPerSubject', () => {
    let limited: RunningApp;

    beforeAll(async () => {
      limited = await stack.start({ maxSessionsPerSubject: 3 });
    });

    it('leaves no more than the limit alive after twenty simultaneous logins', async () => {
      await Promise.all(Array.from({ length: 20 }, () => limited.login(subject)));
      const live = (await limited.rows(subject)).filter(({ revokedAt }) => revokedAt === null);
      expect(live).toHaveLength(3);
    });

    it('ends the least recently used session first', async () => {
      const sessions = [];
      for (let i = 0; i < 3; i++) {
        sessions.push(await limited.login(subject));
        limited.clock.advance(1);
      }
      await limited.http.refresh(sessions[0]!.refreshToken);
      limited.clock.advance(1);
      await limited.login(subject);
      const ended = (await limited.rows(subject)).filter(({ revokedReason }) => revokedReason === 'session_limit');
      expect(ended.map(({ id }) => id)).toEqual([sessions[1]!.sessionId]);
    });

    it('never ends the session that has just begun, though another one is refreshed during the login', async () => {
      let meanwhile: (() => Promise<unknown>) | undefined;
      const responseMembers = async () => {
        const work = meanwhile;
        meanwhile = undefined;
        await work?.();
        return {};
      };
      const single = await stack.start({ maxSessionsPerSubject: 1, hooks: { responseMembers } });
      const another = await single.login(subject);
      meanwhile = () => {
        single.clock.advance(1);
        return single.http.refresh(another.refreshToken);
      };
      const { refreshToken, sessionId } = await single.login(subject);
      expect((await single.http.refresh(refreshToken)).status).toBe(200);
      expect(await single.rows(subject)).toMatchObject([
        { generation: 1, revokedReason: 'session_limit' },
        { id: sessionId, revokedAt: null },
      ]);
    });

    it('holds when it is large, and for a user who has far more', async () => {
      const large = await stack.start({ maxSessionsPerSubject: 990 });
      await large.login(subject);
      const [model] = await large.rows(subject);
      const more = Array.from({ length: 1100 }, () => Object.assign(new RefreshToken(), model, { id: newId(large.clock.now()) }));
      await insertRows(large, RefreshToken, more);
      await large.login(subject);
      expect((await large.rows(subject)).filter(({ revokedAt }) => revokedAt === null)).toHaveLength(990);
    });
  });
});
