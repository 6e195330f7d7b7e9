import type { JwtRefreshModuleOptions } from 'nestjs-jwt-refresh';
import { RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import { newId } from '../../src/ids';
import { type Answer, bearer } from '../support/http';
import { insertRows } from '../support/insert-rows';
import { describeOnEveryDatabase, type RunningApp } from '../support/stack';

const ROOT = '/admin/refresh-tokens';
const administrators: JwtRefreshModuleOptions['admin'] = { authorize: ({ role }) => role === 'admin' };
const DAY_MS = 86_400_000;
const LIFETIME_MS = 30 * DAY_MS;
const SORTS = ['createdAt', 'lastUsed', 'expiresAt'] as const;
const ORDERS = ['desc', 'asc'] as const;
// Of these many rows, sets of more than 2,000 are followed along an order, a stretch at a time.
const FEW = 2200;
const MANY = 20_000;
const FIREFOX = { userAgent: 'Mozilla/5.0 Firefox/142.0', browser: 'Firefox 142.0', os: 'Windows 10', device: 'desktop', ip: null };
const TV = { ...FIREFOX, userAgent: 'Mozilla/5.0 Tizen', browser: 'Safari', os: 'Tizen 8.0', device: 'tv' };

type Query = Record<string, string>;
interface ListPage {
  readonly data: { readonly id: string }[];
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
}
type Sort = (typeof SORTS)[number];

/** A family among `count`; many have equal instants, some were never used. */
function family(index: number, count: number, now: number): RefreshToken {
  // Three begin at once.
  const createdAt = now - 60 * DAY_MS + Math.floor(((Math.floor(index / 3) * 3) / count) * 60 * DAY_MS);
  const lastUsed = index % 5 === 0 ? null : Math.max(createdAt, now - (index % 45) * DAY_MS);
  const revokedAt = index % 200 === 3 ? new Date(now - DAY_MS) : null;
  return Object.assign(new RefreshToken(), {
    id: newId(createdAt), kind: index % 400 === 7 ? 'key' : 'session', subject: index % 10 < 6 ? 'everybody' : `subject-${index % 1000}`,
    audience: index % 200 === 9 ? 'rare' : 'test', lifetime: LIFETIME_MS / 1000, createdAt: new Date(createdAt),
    lastUsed: lastUsed === null ? null : new Date(lastUsed), rotatedAt: null, expiresAt: new Date((lastUsed ?? createdAt) + LIFETIME_MS),
    endsAt: new Date(now + 365 * DAY_MS), revokedAt, revokedReason: revokedAt && 'logout', revokedBy: null, content: {}, tokenHash: 'x'.repeat(43),
    generation: lastUsed === null ? 0 : 5, confirmedGeneration: 0, rotationNonce: null, secretId: 'secret', rotates: true, label: null,
    deviceInfo: index % 50 === 11 ? TV : FIREFOX, ip: index % 10 < 7 ? '203.0.113.7' : `10.0.0.${index % 250}`,
  }); // prettier-ignore
}

function eventOf({ id: sessionId, subject, createdAt, ip }: RefreshToken, index: number): RefreshTokenEventRecord {
  const type = index % 50 === 0 ? 'refresh_token.reused' : 'refresh_token.rotated';
  const at = createdAt.getTime();
  const nothing = { reason: null, presentedGeneration: null, deviceInfo: null, details: null };
  return Object.assign(new RefreshTokenEventRecord(), {
    ...nothing, id: newId(at), type, at: createdAt, sessionId, subject, ip, actor: index % 100 === 1 ? 'admin' : subject, generation: 1,
  }); // prettier-ignore
}

/** Every filter, with what it means. */
function filtersAt(now: number, rows: readonly RefreshToken[]): [name: string, query: Query, meets: (row: RefreshToken) => boolean][] {
  const at = (days: number) => new Date(now + days * DAY_MS);
  const iso = (days: number) => at(days).toISOString();
  const known = rows[Math.floor(rows.length / 2)]!;
  const isLive = (row: RefreshToken) => !row.revokedAt && row.expiresAt.getTime() > now;
  const isTv = (row: RefreshToken) => row.deviceInfo?.device === 'tv';
  const isShared = (row: RefreshToken) => row.ip === '203.0.113.7';
  const isEverybody = (row: RefreshToken) => row.subject === 'everybody';
  return [
    ['none', {}, () => true],
    ['active', { status: 'active' }, isLive],
    ['expired', { status: 'expired' }, (row) => !row.revokedAt && row.expiresAt.getTime() <= now],
    ['revoked', { status: 'revoked' }, (row) => row.revokedAt !== null],
    ['subject of few', { subject: known.subject }, ({ subject }) => subject === known.subject],
    ['subject of many', { subject: 'everybody' }, isEverybody],
    ['audience of few', { audience: 'rare' }, ({ audience }) => audience === 'rare'],
    ['audience of many', { audience: 'test' }, ({ audience }) => audience === 'test'],
    ['kind of few', { kind: 'key' }, ({ kind }) => kind === 'key'],
    ['kind of many', { kind: 'session' }, ({ kind }) => kind === 'session'],
    ['jti', { jti: `${known.id}.0` }, ({ id }) => id === known.id],
    ['device of few', { device: 'tizen' }, isTv],
    ['device of many', { device: 'FIREFOX' }, ({ deviceInfo }) => deviceInfo?.device === 'desktop'],
    ['device of none', { device: 'netscape' }, () => false],
    ['ip of few', { ip: '10.0.0.8' }, ({ ip }) => ip === '10.0.0.8'],
    ['ip of many', { ip: '203.0.113.7' }, isShared],
    ['created', { createdFrom: iso(-50), createdTo: iso(-5) }, ({ createdAt }) => createdAt >= at(-50) && createdAt <= at(-5)],
    ['created lately', { createdFrom: iso(-0.2) }, ({ createdAt }) => createdAt >= at(-0.2)],
    ['last used', { lastUsedFrom: iso(-40) }, ({ lastUsed }) => lastUsed !== null && lastUsed >= at(-40)],
    ['last used before', { lastUsedTo: iso(-30) }, ({ lastUsed }) => lastUsed !== null && lastUsed <= at(-30)],
    ['expires', { expiresFrom: iso(0), expiresTo: iso(25) }, ({ expiresAt }) => expiresAt >= at(0) && expiresAt <= at(25)],
    ['active subject', { status: 'active', subject: 'everybody' }, (row) => isLive(row) && isEverybody(row)],
    ['subject from an ip', { ip: '203.0.113.7', subject: 'everybody' }, (row) => isShared(row) && isEverybody(row)],
    ['active device', { status: 'active', device: 'tizen' }, (row) => isLive(row) && isTv(row)],
    ['created, with an audience', { createdFrom: iso(-50), audience: 'test' }, (row) => row.createdAt >= at(-50) && row.audience === 'test'],
  ];
}

function inOrder(rows: readonly RefreshToken[], sort: Sort, order: 'asc' | 'desc'): string[] {
  const places = rows.map((row) => ({ id: row.id, value: row[sort]?.getTime() ?? 0 }));
  places.sort((a, b) => a.value - b.value || (a.id < b.id ? -1 : 1));
  return (order === 'asc' ? places : places.reverse()).map(({ id }) => id);
}

describeOnEveryDatabase('the admin API and its indexes', (stack) => {
  let app: RunningApp;
  let admin: Record<string, string>;
  let now: number;
  let rows: RefreshToken[];

  const get = async (path: string, query: Query = {}): Promise<Answer> => {
    const answer = await app.http.get(`${ROOT}${path}?${new URLSearchParams(query).toString()}`, admin);
    expect(answer.status).toBe(200);
    return answer;
  };

  /** The ids of a list from a place on, page by page, and the cursors that led back from each page. */
  async function walk(query: Query, way: 'nextCursor' | 'prevCursor' = 'nextCursor', from?: string, between: () => unknown = () => undefined) {
    const ids: string[] = [];
    let last: ListPage;
    for (let cursor = from; ;) {
      last = (await get('', cursor ? { ...query, cursor } : query)).body as ListPage;
      const page = last.data.map(({ id }) => id);
      if (way === 'nextCursor') ids.push(...page);
      else ids.unshift(...page);
      cursor = last[way] ?? undefined;
      if (!cursor) return { ids, last };
      await between();
    }
  }

  beforeAll(async () => {
    app = await stack.start({ admin: administrators, audit: { enabled: false } });
    now = app.clock.now();
    admin = bearer((await app.login('admin', { content: { role: 'admin' } })).accessToken);
    const own = await app.rows('admin');
    rows = Array.from({ length: FEW }, (_, index) => family(index, FEW, now));
    await insertRows(app, RefreshToken, rows);
    rows = [...own, ...rows];
  });

  it('walks every filter in every order, there and back, over exactly the rows that meet it', async () => {
    for (const [name, query, meets] of filtersAt(now, rows)) {
      const expected = rows.filter(meets);
      for (const sort of SORTS) {
        for (const order of ORDERS) {
          const list = { ...query, sort, order, limit: '200' };
          const ids = inOrder(expected, sort, order);
          const there = await walk(list);
          expect({ name, sort, order, ids: there.ids }).toEqual({ name, sort, order, ids });
          // The way back in one order reads as the way there in the other does.
          if (order === 'asc' || !there.last.prevCursor) continue;
          const back = await walk(list, 'prevCursor', there.last.prevCursor);
          const lastPage = there.last.data.map(({ id }) => id);
          expect({ name, sort, order, ids: [...back.ids, ...lastPage] }).toEqual({ name, sort, order, ids });
        }
      }
    }
  }, 120_000);

  it('counts what it lists, or says that there are more', async () => {
    for (const [name, query, meets] of filtersAt(now, rows)) {
      const { total } = (await get('', query)).body;
      const size = rows.filter(meets).length;
      if (total.capped) expect(total.value).toBeLessThanOrEqual(size);
      else expect({ name, value: total.value }).toEqual({ name, value: size });
    }
  });

  it('misses and repeats nothing that stays, whatever comes and goes on the way', async () => {
    for (const sort of SORTS) {
      for (const order of ORDERS) {
        const mortal = rows.filter((_, index) => index > 0 && index % 40 === 0);
        const passing = new Set(mortal.map(({ id }) => id));
        const change = async () => {
          const victim = mortal.pop();
          if (victim) await app.dataSource.getRepository(RefreshToken).delete({ id: victim.id });
          const child = family(passing.size * 37, FEW, now);
          passing.add(child.id);
          await insertRows(app, RefreshToken, [child]);
        };
        const { ids } = await walk({ sort, order, device: 'firefox', limit: '100' }, 'nextCursor', undefined, change);
        const stable = rows.filter(({ id, deviceInfo }) => deviceInfo?.device === 'desktop' && !passing.has(id));
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => !passing.has(id))).toEqual(inOrder(stable, sort, order));
        rows = await app.dataSource.getRepository(RefreshToken).find();
      }
    }
  });

  describe('with a larger table', () => {
    beforeAll(async () => {
      const more = Array.from({ length: MANY - FEW }, (_, index) => family(index, MANY - FEW, now));
      await insertRows(app, RefreshToken, more);
      rows = [...rows, ...more];
      const events = rows.map(eventOf);
      await insertRows(app, RefreshTokenEventRecord, events);
      await analyze(app, stack.kind.name);
    });

    it('answers every list of families from an index', async () => {
      for (const [, query] of filtersAt(now, rows)) {
        for (const sort of SORTS) {
          for (const order of ORDERS) await expectIndexes(() => firstSecondAndBack('', { ...query, sort, order }));
        }
      }
    });

    it('answers every list of events from an index', async () => {
      const { id: sessionId, subject, createdAt } = rows[4321]!;
      const time = createdAt.toISOString();
      const filters: Query[] = [
        {}, { type: 'refresh_token.rotated' }, { type: 'refresh_token.reused' }, { subject }, { subject: 'everybody' }, { sessionId }, { actor: 'admin' },
        { ip: '203.0.113.7' }, { from: time }, { to: time }, { from: time, type: 'refresh_token.reused' }, { subject: 'everybody', type: 'refresh_token.reused' },
      ]; // prettier-ignore
      for (const query of filters) {
        for (const order of ORDERS) await expectIndexes(() => firstSecondAndBack('/events', { ...query, order }));
      }
    });

    it('answers statistics, look-ups and one family from an index', async () => {
      await expectIndexes(async () => {
        for (const range of ['24h', '7d', '30d']) await get('/stats', { range });
        await get(`/${rows[4321]!.id}`);
        const { refreshToken } = await app.login('somebody');
        expect((await app.http.post(`${ROOT}/lookup`, { token: refreshToken }, admin)).status).toBe(200);
      });
    });

    it('finds what to revoke from an index', async () => {
      for (const filter of [{ status: 'expired' }, { device: 'tizen' }, { subject: 'everybody' }, { audience: 'rare', kind: 'session' }]) {
        await expectIndexes(async () => {
          const answer = await app.http.post(`${ROOT}/revoke`, { filter, reason: 'test', dryRun: true }, admin);
          expect(answer.body.matched).toBeGreaterThan(0);
        });
      }
    });
  });

  async function firstSecondAndBack(path: string, query: Query): Promise<void> {
    const first = await get(path, query);
    if (!first.body.nextCursor) return;
    const second = await get(path, { ...query, cursor: first.body.nextCursor });
    await get(path, { ...query, cursor: second.body.prevCursor });
  }

  /** Asks the database how it answered every statement that read the two large tables. */
  async function expectIndexes(work: () => Promise<void>): Promise<void> {
    const start = app.statements.entries.length;
    await work();
    const sent = app.statements.since(start).filter(({ sql }) => /^SELECT.*refresh_token(s|_events)\W/s.test(sql));
    expect(sent.length).toBeGreaterThan(0);
    for (const { sql, parameters } of sent) {
      const scans = await scansOf(app, stack.kind.name, sql, parameters);
      expect({ sql, parameters, scans }).toEqual({ sql, parameters, scans: [] });
    }
  }
});

async function analyze({ dataSource }: RunningApp, kind: string): Promise<void> {
  if (kind === 'sqlite') return;
  for (const table of ['refresh_tokens', 'refresh_token_events']) {
    await dataSource.query(kind === 'postgres' ? `VACUUM ANALYZE ${table}` : `ANALYZE TABLE ${table}`);
  }
}

/** The steps of a plan that read a whole table, or a whole index without a limit. */
async function scansOf({ dataSource }: RunningApp, kind: string, sql: string, parameters: unknown[]): Promise<unknown[]> {
  const isLimited = /LIMIT \d/.test(sql);
  if (kind === 'sqlite') {
    const steps: { detail: string }[] = await dataSource.query(`EXPLAIN QUERY PLAN ${sql}`, parameters);
    return steps.filter(({ detail }) => /^SCAN refresh_token/.test(detail) && !(isLimited && /USING/.test(detail)));
  }
  if (kind === 'postgres') {
    const lines: Record<string, string>[] = await dataSource.query(`EXPLAIN ${sql}`, parameters);
    return lines.filter((line) => line['QUERY PLAN']!.includes('Seq Scan'));
  }
  const steps: { table: string | null; type: string; key: string | null }[] = await dataSource.query(
    `EXPLAIN ${kind === 'mysql' ? 'FORMAT=TRADITIONAL ' : ''}${sql}`,
    parameters,
  );
  return steps.filter(({ table, type, key }) => table && !table.startsWith('<') && (!key || type === 'ALL' || (type === 'index' && !isLimited)));
}
