import { JwtRefreshEvents, PruneService } from 'nestjs-jwt-refresh';
import { ADMIN_ROOT, ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { describeOnEveryAdapter, describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

const CURL = { 'User-Agent': 'curl/8.5.0' };

interface Line {
  id: string;
  type: string;
  at: string;
}

describeOnEveryDatabase('the audit log', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;
  let subject: string;

  beforeAll(async () => (app = await stack.start({ admin: ADMINISTRATORS })));
  beforeEach(async () => {
    subject = newSubject();
    admin = await AdminClient.signIn(app, newSubject());
  });

  const events = async (query: Record<string, string | number | undefined>) => {
    const { status, body } = await admin.find('/events', query);
    expect([status, body.code]).toEqual([200, undefined]);
    return body as { data: Line[]; nextCursor: string | null; prevCursor: string | null; total: object };
  };
  const types = async (query: Record<string, string | number | undefined>) => (await events(query)).data.map(({ type }) => type);

  it('tells the whole life of a family, oldest first, with who, from where and why', async () => {
    const { sessionId, refreshToken } = await app.login(subject, { request: { headers: { 'user-agent': 'phone/1' }, ip: '192.0.2.1' } });
    app.clock.advance(1);
    await app.http.refresh(refreshToken, CURL);
    await app.http.refresh(refreshToken, { 'User-Agent': 'tab/2' });
    app.clock.advance(31);
    await app.http.refresh(refreshToken, { 'User-Agent': 'thief/3' });
    await app.http.refresh(refreshToken, CURL);
    const { body } = await admin.get(`/${sessionId}`);
    expect(body).toMatchObject({ status: 'revoked', revokedReason: 'reuse', revokedBy: null, eventsCapped: false });
    const common = { sessionId, subject, actor: null };
    expect(body.events).toMatchObject([
      { ...common, type: 'refresh_token.issued', generation: 0, ip: '192.0.2.1', deviceInfo: { userAgent: 'phone/1' }, result: 'ok' },
      { ...common, type: 'refresh_token.rotated', generation: 1, ip: '127.0.0.1', deviceInfo: { userAgent: 'curl/8.5.0' }, result: 'ok' },
      { ...common, type: 'refresh_token.retried', generation: 1, deviceInfo: { userAgent: 'tab/2' }, result: 'ok' },
      { ...common, type: 'refresh_token.reused', generation: 1, presentedGeneration: 0, reason: 'late_retry', deviceInfo: { userAgent: 'thief/3' }, result: 'refused' },
    ]);
    expect(body.events[1].at).toBe(new Date(app.clock.now() - 31_000).toISOString());
    const other = await app.login(subject);
    await admin.post(`/${other.sessionId}/revoke`, { reason: 'asked on the phone' });
    await app.http.refresh(other.refreshToken);
    expect((await admin.get(`/${other.sessionId}`)).body.events).toMatchObject([
      { type: 'refresh_token.issued' },
      { type: 'refresh_token.revoked', actor: admin.subject, reason: 'asked on the phone', ip: '127.0.0.1' },
      { type: 'refresh_token.refused', reason: 'revoked', result: 'refused', actor: null },
    ]);
  }); // prettier-ignore

  it('of a long life shows the newest 200, and says that there are more', async () => {
    let { refreshToken, sessionId } = await app.login(subject); // eslint-disable-line prefer-const -- one of the two changes
    for (let index = 0; index < 199; index++) refreshToken = (await app.jwtRefresh.refresh(refreshToken)).refreshToken;
    const shown = async () => (await admin.get(`/${sessionId}`)).body as { events: { type: string; generation: number }[]; eventsCapped: boolean };
    expect(await shown()).toMatchObject({
      eventsCapped: false,
      events: { 0: { type: 'refresh_token.issued' }, 199: { generation: 199 }, length: 200 },
    });
    await app.jwtRefresh.refresh(refreshToken);
    expect(await shown()).toMatchObject({ eventsCapped: true, events: { 0: { generation: 1 }, 199: { generation: 200 }, length: 200 } });
  });

  it('has a line for each thing that an administrator does: who, to whom, when, from where, and whether it was done', async () => {
    const { sessionId, refreshToken } = await app.login(subject);
    const { body: key } = await admin.post('', { audience: 'test', lifetime: 60, subject }, CURL);
    await admin.post(`/${sessionId}/revoke`, { reason: 'why' }, CURL);
    await admin.post('/revoke', { filter: { subject }, reason: 'all' }, CURL);
    await admin.post('/lookup', { token: refreshToken }, CURL);
    await admin.post('/lookup', { token: 'junk' }, CURL);
    await admin.get(`/export.csv?subject=${subject}`, CURL);
    await admin.get(`/events.csv?subject=${subject}`, CURL);
    const { data } = await events({ actor: admin.subject, order: 'asc' });
    const at = new Date(app.clock.now()).toISOString();
    const common = { actor: admin.subject, at, ip: '127.0.0.1', deviceInfo: { userAgent: 'curl/8.5.0' }, result: 'ok' };
    expect(data).toMatchObject([
      { ...common, type: 'refresh_token.issued', sessionId: key.id, subject },
      { ...common, type: 'refresh_token.revoked', sessionId, subject, reason: 'why' },
      { ...common, type: 'refresh_token.revoked', sessionId: key.id, subject, reason: 'all' },
      { ...common, type: 'admin.tokens_revoked', reason: 'all', details: { filter: { subject }, matched: 2, revoked: 1, dryRun: false } },
      { ...common, type: 'admin.looked_up', sessionId, subject },
      { ...common, type: 'admin.looked_up', sessionId: null, subject: null },
      { ...common, type: 'admin.exported', details: { export: 'tokens', filter: { subject } } },
      { ...common, type: 'admin.exported', details: { export: 'events', filter: { subject } } },
    ]);
  });

  it('is told to listeners once each, after it is written', async () => {
    const heard: string[] = [];
    const stop = app.app.get(JwtRefreshEvents).onAny(({ id }) => void heard.push(id));
    await app.login(subject);
    await admin.post('/revoke', { filter: { subject }, reason: 'x' });
    await admin.post('/lookup', { token: 'x' });
    stop();
    const { data } = await events({ from: new Date(app.clock.now()).toISOString(), limit: 200 });
    for (const id of heard) expect(data.filter((line) => line.id === id)).toHaveLength(1);
    expect(heard).toHaveLength(4);
  });

  it('is found by type, subject, family, actor and address, alone and together', async () => {
    const one = await app.login(subject, { request: { headers: {}, ip: '192.0.2.3' } });
    await app.http.refresh(one.refreshToken);
    const two = await app.login(subject);
    await admin.delete(`/${two.sessionId}`);
    expect(await types({ subject, order: 'asc' })).toEqual(['issued', 'rotated', 'issued', 'revoked'].map((type) => `refresh_token.${type}`));
    expect(await types({ subject, type: 'refresh_token.issued' })).toHaveLength(2);
    expect(await types({ sessionId: one.sessionId })).toEqual(['refresh_token.rotated', 'refresh_token.issued']);
    expect(await types({ subject, actor: admin.subject })).toEqual(['refresh_token.revoked']);
    expect(await types({ subject, ip: '192.0.2.3' })).toEqual(['refresh_token.issued']);
    expect(await types({ subject, sessionId: two.sessionId, actor: admin.subject, type: 'refresh_token.revoked', ip: '127.0.0.1' })).toHaveLength(1);
    for (const miss of [{ subject: subject.toUpperCase() }, { subject, actor: 'nobody' }, { subject, ip: '192.0.2' }, { subject, ip: 'é' }])
      expect(await types(miss)).toEqual([]);
  });

  it('is found from one instant to another, both included', async () => {
    app.clock.advance(1);
    const start = app.clock.now();
    await app.login(subject);
    app.clock.advanceMilliseconds(1);
    await app.login(subject);
    const between = (from?: number, to?: number) => {
      const text = (value?: number) => (value === undefined ? undefined : new Date(value).toISOString());
      return types({ subject, from: text(from), to: text(to) });
    };
    expect(await between(start)).toHaveLength(2);
    expect(await between(start + 1)).toHaveLength(1);
    expect(await between(start + 2)).toHaveLength(0);
    expect(await between(undefined, start + 1)).toHaveLength(2);
    expect(await between(undefined, start)).toHaveLength(1);
    expect(await between(undefined, start - 1)).toHaveLength(0);
    expect(await between(start, start)).toHaveLength(1);
    expect(await between(start + 1, start)).toHaveLength(0);
  });

  it.each(['asc', 'desc'] as const)('is read page by page, there and back, %s', async (order) => {
    for (let index = 0; index < 5; index++) await app.login(subject);
    const whole = (await events({ subject, order })).data;
    expect(whole.map(({ id }) => id)).toEqual(whole.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1) * (order === 'asc' ? 1 : -1)));
    const pages = [await events({ subject, order, limit: 2 })];
    while (pages.at(-1)!.nextCursor) pages.push(await events({ subject, order, limit: 2, cursor: pages.at(-1)!.nextCursor! }));
    expect(pages.flatMap(({ data }) => data)).toEqual(whole);
    expect((await events({ subject, order, limit: 2, cursor: pages[1]!.prevCursor! })).data).toEqual(pages[0]!.data);
    expect(pages[2]!.total).toEqual({ value: 5, capped: false });
  });

  it('loses rotations and retries when they are old enough, and nothing else', async () => {
    const { refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    await app.http.refresh(refreshToken);
    app.clock.advance(31);
    await app.http.refresh(refreshToken);
    const kept = ['refresh_token.issued', 'refresh_token.reused'];
    const all = ['refresh_token.issued', 'refresh_token.rotated', 'refresh_token.retried', 'refresh_token.reused'];
    admin = await AdminClient.signIn(app, newSubject());
    expect(await types({ subject, order: 'asc' })).toEqual(all);
    const prune = app.app.get(PruneService);
    app.clock.advance(30 * 86_400 - 31);
    admin = await AdminClient.signIn(app, newSubject());
    await prune.run();
    expect(await types({ subject, order: 'asc' })).toEqual(all);
    app.clock.advanceMilliseconds(1);
    expect((await prune.run())!.events).toBeGreaterThanOrEqual(2);
    expect(await types({ subject, order: 'asc' })).toEqual(kept);
    app.clock.advance(369 * 86_400);
    admin = await AdminClient.signIn(app, newSubject());
    await prune.run();
    expect(await types({ subject, order: 'asc' })).toEqual(kept);
    app.clock.advance(2 * 86_400);
    admin = await AdminClient.signIn(app, newSubject());
    await prune.run();
    expect(await types({ subject, order: 'asc' })).toEqual([]);
  });
});

describeOnEveryAdapter('a line of the audit log', (stack) => {
  it('is changed and deleted by no route', async () => {
    const app = await stack.start({ admin: ADMINISTRATORS });
    const admin = await AdminClient.signIn(app);
    const { data } = (await admin.get('/events')).body as { data: Line[] };
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of ['/events', '/events.csv', `/events/${data[0]!.id}`]) {
        expect([method, path, (await admin.send(method, path)).status]).toEqual([method, path, 404]);
      }
    }
    expect((await admin.get('/events')).body.data).toEqual(data);
  });
});

describeOnEveryDatabase('the audit log that is switched off', (stack) => {
  it('still has each reuse and what administrators do, and no more', async () => {
    const app = await stack.start({ admin: ADMINISTRATORS, audit: { enabled: false } });
    const admin = await AdminClient.signIn(app, newSubject());
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    app.clock.advance(31);
    await app.http.refresh(refreshToken);
    const { sessionId } = await app.login(subject);
    await admin.delete(`/${sessionId}`);
    await admin.post('', { audience: 'test', lifetime: 60, subject });
    await admin.post('/revoke', { filter: { subject }, reason: 'x' });
    await admin.post('/lookup', { token: 'x' });
    const { body } = await app.http.get(`${ADMIN_ROOT}/events?order=asc`, admin.headers);
    expect((body.data as Line[]).map(({ type }) => type)).toEqual([
      'refresh_token.reused',
      'refresh_token.revoked',
      'refresh_token.issued',
      'refresh_token.revoked',
      'admin.tokens_revoked',
      'admin.looked_up',
    ]);
  });
});
