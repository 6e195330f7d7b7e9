import { bearer } from '../support/http';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

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

  it('is none for junk', async () => {
    expect(await app.statements.during(() => app.http.refresh('jrt_junk'))).toEqual([]);
    expect(await app.statements.during(() => app.http.logout('junk.junk.junk'))).toEqual([]);
    expect(await app.statements.during(() => app.http.get('/strict', bearer('junk')))).toEqual([]);
  });

  it('is none for a stateless guard and one SELECT for a strict one', async () => {
    const { accessToken } = await app.login(newSubject());
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
    for (const { sql } of app.statements.entries.slice(start)) expect(sql).not.toMatch(/brien|DROP|--/);
  });
});
