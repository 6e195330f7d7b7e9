import type { JwtRefreshModuleOptions } from 'nestjs-jwt-refresh';
import { type Answer, bearer } from '../support/http';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const ROOT = '/admin/refresh-tokens';
const administrators: JwtRefreshModuleOptions['admin'] = { authorize: ({ role }) => role === 'admin' };

describeOnEveryStack('the admin API', (stack) => {
  let app: RunningApp;
  let admin: Record<string, string>;

  const signIn = async (on = app) => bearer((await on.login('admin', { content: { role: 'admin' } })).accessToken);
  const get = (path: string): Promise<Answer> => app.http.get(ROOT + path, admin);
  const post = (path: string, body: unknown): Promise<Answer> => app.http.post(ROOT + path, body, admin);

  beforeAll(async () => {
    app = await stack.start({ admin: administrators });
    admin = await signIn();
  });

  it('lists, shows, makes and revokes', async () => {
    const subject = newSubject();
    const session = await app.login(subject);
    const list = await get(`?subject=${subject}`);
    expect(list.body).toMatchObject({
      data: [{ id: session.sessionId, status: 'active' }],
      nextCursor: null,
      prevCursor: null,
      total: { value: 1, capped: false },
    });
    const made = await post('', { audience: 'test', lifetime: '90d', label: 'robot', content: { scope: 'read' }, rotates: false });
    expect(made.status).toBe(201);
    const used = await app.http.refresh(made.body.token);
    expect(used.status).toBe(200);
    const shown = await get(`/${made.body.id}`);
    expect(shown.body.events).toMatchObject([{ type: 'refresh_token.issued', actor: 'admin' }]);
    expect((await post('/lookup', { token: made.body.token })).body).toMatchObject({
      id: made.body.id,
      presented: { type: 'refresh', current: true },
    });
    expect((await post('/lookup', { token: used.body.access_token })).body).toMatchObject({ id: made.body.id, presented: { type: 'access' } });
    const revoked = await post(`/${made.body.id}/revoke`, { reason: 'test' });
    expect(revoked.body).toMatchObject({ status: 'revoked', revokedReason: 'test', revokedBy: 'admin' });
    expect((await app.http.refresh(made.body.token)).body.code).toBe('refresh_token_revoked');
    const stats = await get('/stats');
    expect(stats.status).toBe(200);
    expect(stats.body.tiles).toMatchObject({ active: { capped: false } });
    expect((await get('/settings')).status).toBe(200);
    expect((await get('/events?limit=3')).body.data).toHaveLength(3);
    const csv = await get('/export.csv');
    expect(csv.headers.get('x-row-limit')).toBe('100000');
    expect(csv.body).toContain(session.sessionId);
    expect((await get('/events.csv')).status).toBe(200);
    expect((await get(`?kind=key&device=chrome&status=revoked&sort=lastUsed&order=asc&expiresFrom=2020-01-01`)).status).toBe(200);
    const dry = await post('/revoke', { filter: { subject }, reason: 'x', dryRun: true });
    expect(dry.body).toEqual({ matched: 1, revoked: 0 });
    expect((await post('/revoke', { filter: { subject }, reason: 'x' })).body).toEqual({ matched: 1, revoked: 1 });
    expect((await post('/revoke', { filter: { subject }, reason: 'x' })).body).toEqual({ matched: 1, revoked: 0 });
    expect((await post('/revoke', { filter: {}, reason: 'x' })).body.code).toBe('request_invalid');
  });

  it('walks in both directions', async () => {
    const subject = newSubject();
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) ids.unshift((await app.login(subject)).sessionId);
    const first = (await get(`?subject=${subject}&limit=3`)).body;
    const second = (await get(`?subject=${subject}&limit=3&cursor=${first.nextCursor}`)).body;
    const third = (await get(`?subject=${subject}&limit=3&cursor=${second.nextCursor}`)).body;
    expect([...first.data, ...second.data, ...third.data].map(({ id }) => id)).toEqual(ids);
    expect(third.nextCursor).toBeNull();
    const back = (await get(`?subject=${subject}&limit=3&cursor=${third.prevCursor}`)).body;
    expect(back.data).toEqual(second.data);
    expect((await get(`?subject=${subject}&limit=3&cursor=${back.prevCursor}`)).body).toMatchObject({ data: first.data, prevCursor: null });
  });
});
