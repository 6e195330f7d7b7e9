import { randomUUID } from 'node:crypto';
import { RefreshToken } from 'nestjs-jwt-refresh';
import { AuditQueue } from '../../src/audit/audit.queue';
import { newId } from '../../src/ids';
import { RefreshTokenStore } from '../../src/sessions/refresh-token.store';
import { ADMIN_ROOT, ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { bearer } from '../support/http';
import { insertRows } from '../support/insert-rows';
import { describeOnEveryDatabase, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

/** How many are being revoked when the process is killed: REVOKED=100000 takes minutes. */
const REVOKED = Number(process.env.REVOKED ?? 4000);

/** Inserts copies of a session, as if somebody had logged in so often. */
async function multiply(app: RunningApp, subject: string, count: number): Promise<void> {
  const [row] = await app.rows(subject);
  const copies = Array.from({ length: count }, (_, index) => {
    const createdAt = new Date(row!.createdAt.getTime() - (index % 7));
    return Object.assign(new RefreshToken(), row, { id: newId(createdAt.getTime()), createdAt });
  });
  await insertRows(app, RefreshToken, copies);
}

const revokedOf = async (app: RunningApp, subject: string) => (await app.rows(subject)).filter(({ revokedAt }) => revokedAt);
const revocationsOf = async (app: RunningApp, subject: string) => (await app.audit(subject)).filter(({ type }) => type === 'refresh_token.revoked');

describeOnEveryStack('revoking one family', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;

  beforeAll(async () => {
    app = await stack.start({ admin: ADMINISTRATORS });
    admin = await AdminClient.signIn(app);
  });

  it('ends its tokens at once and says when, why and by whom, in the row and in the audit log', async () => {
    const subject = newSubject();
    const { accessToken, refreshToken, sessionId } = await app.login(subject);
    const other = await app.login(subject);
    const { status, body } = await admin.post(`/${sessionId}/revoke`, { reason: 'Lost phone, ticket #42' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: sessionId,
      status: 'revoked',
      revokedAt: new Date(app.clock.now()).toISOString(),
      revokedReason: 'Lost phone, ticket #42',
      revokedBy: admin.subject,
    });
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.get('/strict', bearer(accessToken))).body.code).toBe('access_token_revoked');
    expect((await app.http.get('/strict', bearer(other.accessToken))).status).toBe(200);
    expect(await revocationsOf(app, subject)).toMatchObject([{ sessionId, actor: admin.subject, reason: 'Lost phone, ticket #42', ip: '127.0.0.1' }]);
  });

  it('twice changes nothing: the first time, reason and actor stay, and there is one event', async () => {
    const subject = newSubject();
    const { sessionId } = await app.login(subject);
    const first = await admin.post(`/${sessionId}/revoke`, { reason: 'first' });
    app.clock.advance(5);
    const other = await AdminClient.signIn(app, newSubject());
    for (const again of [await other.post(`/${sessionId}/revoke`, { reason: 'second' }), await other.delete(`/${sessionId}`)]) {
      expect([again.status, again.body]).toEqual([200, first.body]);
    }
    expect(await revocationsOf(app, subject)).toHaveLength(1);
  });

  it.each<[what: string, revoke: (id: string) => ReturnType<AdminClient['post']>]>([
    ['DELETE', (id) => admin.delete(`/${id}`)],
    ['POST with nothing', (id) => admin.post(`/${id}/revoke`)],
    ['POST with no member', (id) => admin.post(`/${id}/revoke`, {})],
    ['DELETE with the type of a body that is not there', (id) => admin.send('DELETE', `/${id}`, { headers: { 'Content-Type': 'application/json' } })],
    [
      'POST with the type of a body that is not there',
      (id) => admin.send('POST', `/${id}/revoke`, { headers: { 'Content-Type': 'application/json' } }),
    ],
  ])('needs no reason: %s', async (_, revoke) => {
    const { sessionId } = await app.login(newSubject());
    const { status, body } = await revoke(sessionId);
    expect([status, body.revokedReason, body.revokedBy]).toEqual([200, 'admin', admin.subject]);
  });

  it('may be one’s own session: the next request is refused', async () => {
    const leaver = await AdminClient.signIn(app, newSubject());
    expect((await leaver.delete(`/${leaver.sessionId}`)).status).toBe(200);
    expect((await leaver.get('')).status).toBe(401);
  });

  it('works on one that has expired, and keeps it revoked', async () => {
    const { sessionId } = await app.login(newSubject(), { lifetime: 10 });
    app.clock.advance(10);
    expect((await admin.delete(`/${sessionId}`)).body.status).toBe('revoked');
  });
});

describeOnEveryDatabase('revoking by filter', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start({ admin: ADMINISTRATORS });
    admin = await AdminClient.signIn(app);
  });
  beforeEach(() => (subject = newSubject()));

  const revoke = async (filter: object, more: object = {}) => (await admin.post('/revoke', { filter, reason: 'incident 7', ...more })).body;

  it('ends what matches and nothing else, with a reason, an actor and an event each', async () => {
    const [one, two] = [await app.login(subject), await app.login(subject)];
    const bystander = await app.login(newSubject());
    expect(await revoke({ subject })).toEqual({ matched: 2, revoked: 2 });
    for (const { accessToken, refreshToken } of [one, two]) {
      expect((await app.http.get('/strict', bearer(accessToken))).body.code).toBe('access_token_revoked');
      expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_revoked');
    }
    expect((await app.http.get('/strict', bearer(bystander.accessToken))).status).toBe(200);
    expect(await revokedOf(app, subject)).toMatchObject(Array(2).fill({ revokedReason: 'incident 7', revokedBy: admin.subject }));
    expect(await revocationsOf(app, subject)).toMatchObject(Array(2).fill({ reason: 'incident 7', actor: admin.subject, ip: '127.0.0.1' }));
  });

  it('says before it is done what it would do', async () => {
    for (let i = 0; i < 3; i++) await app.login(subject);
    const [first] = await app.rows(subject);
    await admin.delete(`/${first!.id}`);
    expect(await revoke({ subject, status: 'active' }, { dryRun: true })).toEqual({ matched: 2, revoked: 0 });
    expect(await revoke({ subject }, { dryRun: true })).toEqual({ matched: 3, revoked: 0 });
    expect(await revokedOf(app, subject)).toHaveLength(1);
    expect(await revoke({ subject })).toEqual({ matched: 3, revoked: 2 });
    expect(await revocationsOf(app, subject)).toHaveLength(3);
  });

  it('again finds nothing left to do', async () => {
    await app.login(subject);
    expect(await revoke({ subject })).toEqual({ matched: 1, revoked: 1 });
    expect(await revoke({ subject })).toEqual({ matched: 1, revoked: 0 });
    expect(await revoke({ subject, status: 'active' })).toEqual({ matched: 0, revoked: 0 });
    expect(await revocationsOf(app, subject)).toHaveLength(1);
  });

  it('takes a choice of ids, known or not, in any case, but none twice', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await app.login(subject)).sessionId);
    expect(await revoke({ ids: [ids[0]!.toUpperCase(), ids[0], ids[2], randomUUID()] })).toEqual({ matched: 2, revoked: 2 });
    expect((await revokedOf(app, subject)).map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect(await revoke({ ids: [] })).toEqual({ matched: 0, revoked: 0 });
    expect(await revoke({ ids, subject: newSubject() })).toEqual({ matched: 0, revoked: 0 });
  });

  it('leaves one alone on demand', async () => {
    const kept = await app.login(subject);
    await app.login(subject);
    expect(await revoke({ subject, exceptId: kept.sessionId.toUpperCase() })).toEqual({ matched: 1, revoked: 1 });
    expect((await app.http.get('/strict', bearer(kept.accessToken))).status).toBe(200);
  });

  it('is itself an event, with its filter and its numbers, a dry run too', async () => {
    const actor = await AdminClient.signIn(app, newSubject());
    await app.login(subject);
    const ask = (dryRun?: boolean) => actor.post('/revoke', { filter: { subject, createdFrom: '2026-01-01' }, reason: 'why', dryRun });
    await ask(true);
    await ask();
    const { data } = (await actor.find('/events', { actor: actor.subject, type: 'admin.tokens_revoked', order: 'asc' })).body;
    const filter = { subject, createdFrom: '2026-01-01T00:00:00.000Z' };
    expect(data).toMatchObject([
      { reason: 'why', ip: '127.0.0.1', result: 'ok', details: { filter, matched: 1, revoked: 0, dryRun: true } },
      { reason: 'why', ip: '127.0.0.1', result: 'ok', details: { filter, matched: 1, revoked: 1, dryRun: false } },
    ]);
  });

  it('of thousands goes in batches, each in a commit of its own', async () => {
    await app.login(subject);
    await multiply(app, subject, 3100);
    expect(await revoke({ subject }, { dryRun: true })).toEqual({ matched: 3101, revoked: 0 });
    const start = app.statements.entries.length;
    expect(await revoke({ subject })).toEqual({ matched: 3101, revoked: 3101 });
    const statements = app.statements.since(start).map(({ sql }) => sql);
    expect(statements.filter((sql) => /^UPDATE/.test(sql))).toHaveLength(7);
    expect(statements.filter((sql) => /^COMMIT/.test(sql))).toHaveLength(7);
    expect(await revokedOf(app, subject)).toHaveLength(3101);
    expect(new Set((await revocationsOf(app, subject)).map(({ sessionId }) => sessionId)).size).toBe(3101);
  });

  it('that fails in the middle leaves whole batches, and the same call does the rest', async () => {
    await app.login(subject);
    await multiply(app, subject, 1200);
    const store = app.app.get(RefreshTokenStore);
    const revokeMany = store.revokeMany.bind(store);
    let batches = 0;
    const spy = jest.spyOn(store, 'revokeMany').mockImplementation(async (ids, revocation, run) => {
      const done = await revokeMany(ids, revocation, run);
      // The second batch has written its rows when its connection says something that is no answer.
      if (++batches === 2) await run('SELECT nothing FROM nowhere', []);
      return done;
    });
    const answer = await admin.post('/revoke', { filter: { subject }, reason: 'incident 7' });
    spy.mockRestore();
    expect([answer.status, answer.body.code]).toEqual([503, 'temporarily_unavailable']);
    expect(await revokedOf(app, subject)).toHaveLength(500);
    expect(await revocationsOf(app, subject)).toHaveLength(500);
    expect(await revoke({ subject })).toEqual({ matched: 1201, revoked: 701 });
    expect(await revocationsOf(app, subject)).toHaveLength(1201);
  });

  it(
    'whose process is killed leaves whole batches, and the same call on another node does the rest',
    async () => {
      await app.login(subject);
      await multiply(app, subject, REVOKED - 1);
      const demo = await stack.startDemo();
      const { access_token } = (await demo.login('admin')).body;
      const body = { filter: { subject }, reason: 'incident 7' };
      const answer = demo.http.post(`${ADMIN_ROOT}/revoke`, body, bearer(access_token)).catch(() => null);
      const countRevoked = () => app.dataSource.getRepository(RefreshToken).countBy({ subject, revokedReason: 'incident 7' });
      await until(async () => (await countRevoked()) > 0);
      await demo.stop('SIGKILL');
      expect(await answer).toBeNull();
      const before = await countRevoked();
      expect([before % 500, before < REVOKED]).toEqual([0, true]);
      expect(await revocationsOf(app, subject)).toHaveLength(before);
      expect(await revoke({ subject })).toEqual({ matched: REVOKED, revoked: REVOKED - before });
      expect(new Set((await revocationsOf(app, subject)).map(({ sessionId }) => sessionId)).size).toBe(REVOKED);
    },
    60_000 + REVOKED * 5,
  );

  if (stack.kind.name !== 'sqlite') {
    it('whose connection breaks has revoked a row and written its event, or neither', async () => {
      const proxy = await TcpProxy.before(stack.url);
      const far = await stack.start({ admin: ADMINISTRATORS }, { configure: (host) => host.useLogger(false) }, proxy.url);
      await app.login(subject);
      await multiply(app, subject, 700);
      const distant = await AdminClient.signIn(far);
      // Else the line of the sign-in, which is written later, may be what the connection breaks on.
      await far.app.get(AuditQueue).flush();
      const named = (table: string) => (stack.kind.name === 'postgres' ? `"${table}"` : `\`${table}\``);
      for (const word of [`UPDATE ${named('refresh_tokens')}`, `INSERT INTO ${named('refresh_token_events')}`, 'COMMIT']) {
        proxy.loseNextReplyTo(word);
        expect((await distant.post('/revoke', { filter: { subject, status: 'active' }, reason: 'x' })).status).toBe(503);
        expect(await revocationsOf(app, subject)).toHaveLength((await revokedOf(app, subject)).length);
      }
      await distant.post('/revoke', { filter: { subject }, reason: 'x' });
      expect(await revokedOf(app, subject)).toHaveLength(701);
      expect(await revocationsOf(app, subject)).toHaveLength(701);
      await far.close();
      await proxy.close();
    });
  }
});
