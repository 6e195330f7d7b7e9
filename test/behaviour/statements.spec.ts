import { PruneService } from 'nestjs-jwt-refresh';
import { AdminClient, ADMINISTRATORS } from '../support/admin-client';
import { databaseKinds, type ScratchDatabase } from '../support/databases';
import { bearer } from '../support/http';
import { describeOnEveryStack, newSubject, type RunningApp, Stack } from '../support/stack';

const isTransaction = (statement: string): boolean => ['START', 'BEGIN', 'COMMIT'].includes(statement);

describeOnEveryStack('statements per request', (stack) => {
  let app: RunningApp;
  let audited: RunningApp;

  beforeAll(async () => {
    app = await stack.start({ audit: { enabled: false }, refreshToken: { graceSeconds: 30 } });
    audited = await stack.start();
  });

  it('is one INSERT for a login', async () => {
    expect(await app.statements.during(() => app.login(newSubject()))).toEqual(['INSERT']);
  });

  it('is one SELECT and one UPDATE for a refresh', async () => {
    const { refreshToken } = await app.login(newSubject());
    expect(await app.statements.during(() => app.http.refresh(refreshToken))).toEqual(['SELECT', 'UPDATE']);
  });

  it('is one SELECT for a retry', async () => {
    const { refreshToken } = await app.login(newSubject());
    await app.http.refresh(refreshToken);
    expect(await app.statements.during(() => app.http.refresh(refreshToken))).toEqual(['SELECT']);
  });

  it('is one SELECT and one transaction of UPDATE and INSERT for a reuse, one SELECT for each further one', async () => {
    const { refreshToken } = await app.login(newSubject());
    await app.http.refresh(refreshToken);
    app.clock.advance(31);
    const first = await app.statements.during(() => app.http.refresh(refreshToken));
    expect(first.filter((statement) => !isTransaction(statement))).toEqual(['SELECT', 'UPDATE', 'INSERT']);
    expect(first.filter(isTransaction)).toHaveLength(2);
    expect(await app.statements.during(() => app.http.refresh(refreshToken))).toEqual(['SELECT']);
  });

  it('is one SELECT for 16 refreshes that come at once, each with its own row', async () => {
    const logins = await Promise.all(Array.from({ length: 16 }, () => app.login(newSubject())));
    const statements = await app.statements.during(async () => {
      const pairs = await Promise.all(logins.map(({ refreshToken }) => app.jwtRefresh.refresh(refreshToken)));
      expect(pairs.map(({ sessionId }) => sessionId)).toEqual(logins.map(({ sessionId }) => sessionId));
    });
    expect(statements).toEqual(['SELECT', ...Array(16).fill('UPDATE')]);
  });

  it('is none for junk', async () => {
    expect(await app.statements.during(() => app.http.refresh('jrt_junk'))).toEqual([]);
    expect(await app.statements.during(() => app.http.logout('junk.junk.junk'))).toEqual([]);
    expect(await app.statements.during(() => app.http.get('/strict', bearer('junk')))).toEqual([]);
  });

  it('is none for a bounded and a stateless guard, and one SELECT for a strict one', async () => {
    const { accessToken } = await app.login(newSubject());
    expect(await app.statements.during(() => app.http.get('/bounded', bearer(accessToken)))).toEqual([]);
    expect(await app.statements.during(() => app.http.get('/stateless', bearer(accessToken)))).toEqual([]);
    expect(await app.statements.during(() => app.http.get('/strict', bearer(accessToken)))).toEqual(['SELECT']);
  });

  it('is two SELECTs for a list of own sessions, with a guard on every route as well', async () => {
    for (const globalGuard of [false, true]) {
      const guarded = await stack.start({ globalGuard, audit: { enabled: false } });
      const { accessToken } = await guarded.login(newSubject());
      expect(await guarded.statements.during(() => guarded.http.get('/auth/sessions', bearer(accessToken)))).toEqual(['SELECT', 'SELECT']);
    }
  });

  it('is one SELECT and one UPDATE for a logout', async () => {
    const { refreshToken } = await app.login(newSubject());
    expect(await app.statements.during(() => app.http.logout(refreshToken))).toEqual(['SELECT', 'UPDATE']);
  });

  it('is one transaction of UPDATE and SELECT for a logout from everywhere, after the SELECT of the guard', async () => {
    const { accessToken } = await app.login(newSubject());
    const statements = await app.statements.during(() => app.http.logout('all', bearer(accessToken)));
    expect(statements.filter((statement) => !isTransaction(statement))).toEqual(['SELECT', 'UPDATE', 'SELECT']);
    expect(statements.filter(isTransaction)).toHaveLength(2);
  });

  it('writes the audit log after the answer, many events with one INSERT', async () => {
    const subject = newSubject();
    let { refreshToken } = await audited.login(subject);
    await audited.audit(subject);
    const statements = await audited.statements.during(async () => {
      for (let i = 0; i < 5; i++) refreshToken = (await audited.jwtRefresh.refresh(refreshToken)).refreshToken;
      await audited.audit(subject);
    });
    expect(statements.filter((statement) => statement === 'UPDATE')).toHaveLength(5);
    expect(statements.filter((statement) => statement === 'INSERT').length).toBeLessThan(5);
    expect((await audited.audit(subject)).map(({ type }) => type)).toEqual(['refresh_token.issued', ...Array(5).fill('refresh_token.rotated')]);
  });

  it('never leaves a value inside a statement', async () => {
    const subject = `o'brien-${newSubject()}`;
    const start = app.statements.entries.length;
    const { refreshToken, accessToken } = await app.login(subject, { label: `"';--`, content: { note: `'; DROP TABLE x` } });
    await app.http.refresh(refreshToken);
    await app.http.get('/auth/sessions', bearer(accessToken));
    await app.http.delete('/auth/sessions', bearer(accessToken));
    for (const { sql } of app.statements.since(start)) expect(sql).not.toMatch(/brien|DROP|--/);
  });
});

/** SQLite has no replicas. */
for (const kind of databaseKinds.filter(({ name }) => name !== 'sqlite')) {
  describe(`TypeORM's replication [${kind.name}]`, () => {
    const stack = new Stack(kind, 'fastify');
    let replica: ScratchDatabase;
    let app: RunningApp;

    // The replica never hears of anything: whatever is found was found on the primary.
    beforeAll(async () => {
      await stack.open();
      replica = await kind.create();
      await (await stack.start({}, {}, replica.url)).close();
      const replication = { master: { url: stack.url }, slaves: [{ url: replica.url }], restoreNodeTimeout: 500 };
      app = await stack.start({ admin: ADMINISTRATORS, revocation: { check: 'strict' } }, { database: { url: undefined, replication } as never });
    });
    afterAll(async () => {
      await stack.close();
      await replica.drop();
    });

    it('sends logins, refreshes, retries, strict guards, own sessions and logouts to the primary', async () => {
      const { refreshToken, accessToken } = await app.login(newSubject());
      const { body } = await app.http.refresh(refreshToken);
      expect((await app.http.refresh(refreshToken)).body.refresh_token).toBe(body.refresh_token);
      expect((await app.http.get('/me', bearer(accessToken))).status).toBe(200);
      expect((await app.http.get('/auth/sessions', bearer(accessToken))).body.data).toHaveLength(1);
      expect((await app.http.logout(body.refresh_token)).status).toBe(204);
      expect((await app.http.get('/me', bearer(accessToken))).body.code).toBe('access_token_revoked');
    });

    it('sends what an administrator revokes, and what is pruned, to the primary', async () => {
      const subject = newSubject();
      const { sessionId } = await app.login(subject);
      const admin = await AdminClient.signIn(app);
      expect((await admin.get(`/${sessionId}`)).body).toMatchObject({ id: sessionId, status: 'active' });
      expect((await admin.post('/revoke', { filter: { subject }, reason: 'test' })).body).toEqual({ matched: 1, revoked: 1 });
      app.clock.advance('100d');
      expect((await app.app.get(PruneService).run())!.families).toBeGreaterThan(0);
    });

    it("lets the administrators' lists read a replica", async () => {
      const subject = newSubject();
      await app.login(subject);
      const admin = await AdminClient.signIn(app);
      expect((await admin.find('', { subject })).body.data).toEqual([]);
    });
  });
}
