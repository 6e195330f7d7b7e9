import { uuidBytes } from '../../src/storage/column-transformers';
import { randomUUID } from 'node:crypto';
import { RefreshToken } from 'nestjs-jwt-refresh';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import type { Answer } from '../support/http';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const LONG = 'x'.repeat(256);
const HUGE = 'x'.repeat(10_000);
const ID = randomUUID();

/** No text that a column could hold and compare. */
const NO_NAMES: [what: string, value: unknown][] = [
  ['nothing', ''],
  ['a space', ' '],
  ['a space in front', ' a'],
  ['a space behind', 'a '],
  ['NUL', 'a\0b'],
  ['a line break', 'a\nb'],
  ['an escape sequence', '\u001b[31m'],
  ['half a character', '\ud800'],
  ['256 characters', LONG],
  ['10,000 characters', HUGE],
];
const NO_TEXTS: [what: string, value: unknown][] = [
  ['null', null],
  ['a number', 1],
  ['NaN as JSON', Number.NaN],
  ['true', true],
  ['an object', {}],
  ['an operator', { $ne: '' }],
  ['an object with a constructor', { constructor: 'x' }],
  ['a list', []],
  ['a list of one text', ['a']],
];
const NO_INSTANTS: unknown[] = [
  '',
  'now',
  '0',
  '1700000000000',
  '2026-11-20T08:00:00',
  '20/11/2026',
  '2026-13-01',
  '2026-11-20T25:00:00Z',
  "2026-11-20'",
];
const NO_IDS: unknown[] = ['', 'x', `${ID}x`, ID.slice(1), `{${ID}}`, "' OR 1=1 --"];

const NAMES = ['subject', 'audience', 'jti', 'device', 'ip'];
const INSTANTS = ['createdFrom', 'createdTo', 'lastUsedFrom', 'lastUsedTo', 'expiresFrom', 'expiresTo'];

/** SQL where a value is due. */
const INJECTIONS = [
  `' OR '1'='1`,
  `'; DROP TABLE refresh_tokens; --`,
  `" OR ""="`,
  `1) OR (1=1`,
  `x' UNION SELECT tokenHash FROM refresh_tokens --`,
  `\\' OR 1=1 #`,
  `%' OR '%'='`,
  `$1`,
  `:subject`,
  `{table}`,
  `?`,
  `/*x*/`,
];

describeOnEveryStack('input of administrators', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;
  let canary: string;

  beforeAll(async () => {
    app = await stack.start({ admin: ADMINISTRATORS }, { configure: (host) => host.useLogger(false) });
    admin = await AdminClient.signIn(app);
    canary = newSubject();
    await app.login(canary);
  });

  function expectInvalid({ status, body }: Answer, mention = ''): void {
    expect({ status, body }).toEqual({
      status: 400,
      body: { statusCode: 400, error: 'Bad Request', code: 'request_invalid', message: expect.stringContaining(mention) },
    });
    expect(body.message.length).toBeLessThan(1000);
  }

  const stored = async () => JSON.stringify(await app.dataSource.getRepository(RefreshToken).find({ order: { id: 'ASC' } }));

  /** Nothing is stored and nothing revoked while `work` runs. */
  async function unchanged(work: () => Promise<void>): Promise<void> {
    const before = await stored();
    await work();
    expect(await stored()).toBe(before);
  }

  describe('in a query', () => {
    const LISTS = ['', '/export.csv'];
    const EVENT_LISTS = ['/events', '/events.csv'];

    const texts = [...NO_NAMES, ['a list by repetition', ['a', 'b']]] as [string, string | string[]][];
    const query = (name: string, value: string | string[]) =>
      `?${[value].flat().map((each) => `${name}=${each === '\ud800' ? '%ED%A0%80' : encodeURIComponent(each)}`).join('&')}`; // prettier-ignore

    it.each(NAMES)('%s is one short text without control characters', async (name) => {
      for (const [, value] of texts) {
        // Broken UTF-8 arrives as the replacement character, which is a text like any other.
        if (value !== '\ud800') expectInvalid(await admin.get(query(name, value)), name);
      }
    });

    it.each([...INSTANTS, 'from', 'to'])('%s is one instant with its zone', async (name) => {
      const path = ['from', 'to'].includes(name) ? '/events' : '';
      for (const value of NO_INSTANTS as string[]) expectInvalid(await admin.get(path + query(name, value)), name);
      expectInvalid(await admin.get(path + query(name, ['2026-01-01', '2026-01-02'])), name);
    });

    it.each<[path: string, name: string, values: string[]]>([
      ['', 'status', ['', 'Active', 'live', 'active,revoked', 'constructor', '__proto__']],
      ['', 'kind', ['', 'Session', 'any']],
      ['', 'order', ['', 'DESC', 'asc; --', 'asc, (SELECT 1)', 'descending']],
      ['', 'sort', ['', 'id', 'tokenHash', 'createdat', 'created_at', 'createdAt,id', '(SELECT 1)', 'CASE WHEN 1=1 THEN id END', '`id`', '"id"', '1', 'createdAt--', 'constructor']],
      ['', 'limit', ['', '0', '-1', '201', '1.5', 'x', 'NaN', 'Infinity', '1e9', '10;', '99999999999999999999']],
      ['', 'cursor', ['', 'x', HUGE, '../..', '%00']],
      ['/events', 'type', ['', 'refresh_token', 'refresh_token.*', 'REFRESH_TOKEN.ISSUED', 'constructor']],
      ['/events', 'sessionId', NO_IDS as string[]],
      ['/events', 'order', ['', 'DESC', '(SELECT 1)']],
      ['/events', 'limit', ['', '0', '201', '-1', 'x']],
      ['/events', 'sort', ['at', 'id']],
      ['/stats', 'range', ['', '1h', '24H', '30', '365d', 'constructor', '__proto__', 'toString']],
    ])('%s?%s is one of what is listed', async (path, name, values) => {
      for (const value of values) expectInvalid(await admin.get(path + query(name, value)), name);
      expectInvalid(await admin.get(path + query(name, [values[0]!, values[0]!])), name);
    }); // prettier-ignore

    it('a member that is not listed is refused, also one that hides in brackets', async () => {
      for (const path of [...LISTS, ...EVENT_LISTS, '/stats']) {
        for (const name of ['unknown', 'tokenHash', 'subject[a]', 'subject[]', 'status[$ne]', '__proto__[status]', 'ids', 'exceptId', 'where']) {
          const { status, body } = await admin.get(`${path}?${name}=active`);
          expect([path, name, status, body.code]).toEqual([path, name, 400, 'request_invalid']);
        }
      }
    });

    it('the same rules hold for a list as a file', async () => {
      expectInvalid(await admin.get('/export.csv?status=live'), 'status');
      expectInvalid(await admin.get('/export.csv?sort=id'), 'sort');
      expectInvalid(await admin.get('/events.csv?type=x'), 'type');
    });

    it('what is of another type is told so, before anything else is said of it', async () => {
      for (const query of ['limit=x', 'limit=1&limit=2', 'limit=1.5']) {
        expect((await admin.get(`?${query}`)).body.message).toBe('limit must be an integer number');
        expect((await admin.get(`/events?${query}`)).body.message).toBe('limit must be an integer number');
      }
      for (const token of [5, null, {}]) expect((await admin.post('/lookup', { token })).body.message).toBe('token must be a string');
    });

    it('every problem is named at once, and no value is repeated', async () => {
      const { body } = await admin.get(`?status=needle-1&subject=${HUGE}&limit=needle-2&unknown=needle-3`);
      for (const name of ['status', 'subject', 'limit', 'unknown']) expect(body.message).toContain(name);
      expect(body.message).not.toMatch(/needle|xxx/);
    });
  });

  describe('in a body', () => {
    const key = { audience: 'test', lifetime: '90d' };
    const revokeMany = (filter: unknown, more: object = {}) => admin.post('/revoke', { filter, reason: 'test', ...more });

    it.each<[name: string, send: (value: unknown) => Promise<Answer>]>([
      ['audience', (audience) => admin.post('', { ...key, audience })],
      ['subject', (subject) => admin.post('', { ...key, subject })],
      ['label', (label) => admin.post('', { ...key, label })],
      ['reason', (reason) => admin.post('/revoke', { filter: { subject: canary }, reason })],
      ['reason', (reason) => admin.post(`/${admin.sessionId}/revoke`, { reason })],
      ...NAMES.map((name): [string, (value: unknown) => Promise<Answer>] => [name, (value) => revokeMany({ [name]: value })]),
    ])('%s is one short text without control characters', async (name, send) => {
      await unchanged(async () => {
        for (const [, value] of [...NO_NAMES, ...NO_TEXTS]) expectInvalid(await send(value), name);
      });
    });

    it.each<[name: string, value: unknown[], send: (value: unknown) => Promise<Answer>]>([
      ['lifetime', [null, '', 0, -1, 0.5, '0s', '-1d', '69y', 2 ** 31, 1e300, 'forever', '1e3', '0x10', '10', '１d', [90], {}, true, HUGE], (lifetime) => admin.post('', { ...key, lifetime })],
      ['rotates', [null, 0, 1, 'true', 'false', '', {}, []], (rotates) => admin.post('', { ...key, rotates })],
      ['content', [null, 1, 'x', [], [{}], true], (content) => admin.post('', { ...key, content })],
      ['token', [null, 1, {}, [], ['x'], true, 'x'.repeat(8193), undefined], (token) => admin.post('/lookup', { token })],
      ['filter', [null, undefined, 'active', 1, [], [{ status: 'active' }], true], (filter) => revokeMany(filter)],
      ['status', [null, 'live', 1, {}, ['active']], (status) => revokeMany({ status })],
      ['kind', [null, 'any', 1, {}, ['session']], (kind) => revokeMany({ kind })],
      ['ids', [null, ID, {}, [1], [null], ['x'], [[ID]], Array(201).fill(ID), { 0: ID, length: 1 }, ...NO_IDS.map((id) => [id])], (ids) => revokeMany({ ids })],
      ['exceptId', [null, 1, [], {}, [ID], ...NO_IDS], (exceptId) => revokeMany({ subject: canary, exceptId })],
      ['dryRun', [null, 0, 1, 'false', 'true', '', {}, []], (dryRun) => revokeMany({ subject: canary }, { dryRun })],
      ...INSTANTS.map((name): [string, unknown[], (value: unknown) => Promise<Answer>] => [name, [...NO_INSTANTS, null, 0, 1e12, {}, [], ['2026-01-01'], true], (value) => revokeMany({ [name]: value })]),
    ])('%s has its type', async (name, values, send) => {
      await unchanged(async () => {
        for (const value of values) expectInvalid(await send(value), name);
      });
    }); // prettier-ignore

    it('audience, lifetime, filter and reason are needed', async () => {
      expectInvalid(await admin.post('', {}), 'audience');
      expectInvalid(await admin.post('', { audience: 'test' }), 'lifetime');
      expectInvalid(await admin.post('/revoke', { reason: 'x' }), 'filter');
      expectInvalid(await admin.post('/revoke', { filter: { subject: 'x' } }), 'reason');
      for (const path of ['', '/revoke', '/lookup']) expectInvalid(await admin.post(path));
    });

    it.each<[path: string, body: Record<string, unknown>]>([
      ['', { ...key, id: ID }],
      ['', { ...key, kind: 'session' }],
      ['', { ...key, expiresAt: '2100-01-01' }],
      ['', { ...key, tokenHash: 'x' }],
      ['', { ...key, revokedAt: null }],
      ['/revoke', { filter: { subject: 'x', where: '1=1' }, reason: 'x' }],
      ['/revoke', { filter: { subject: 'x', sort: 'createdAt' }, reason: 'x' }],
      ['/revoke', { filter: { subject: 'x' }, reason: 'x', limit: 1 }],
      ['/lookup', { token: 'x', id: ID }],
      [`/${ID}/revoke`, { reason: 'x', revokedBy: 'somebody else' }],
    ])('a member that is not listed is refused: POST %s %j', async (path, body) => {
      await unchanged(async () => expectInvalid(await admin.post(path, body), 'should not exist'));
    });

    it('what would pollute a prototype is refused or dropped, and pollutes nothing', async () => {
      for (const [path, body] of [
        ['', '{"__proto__":{"audience":"test","lifetime":60}}'],
        ['/revoke', `{"filter":{"__proto__":{"subject":"${canary}"}},"reason":"x"}`],
        ['/revoke', `{"__proto__":{"filter":{"subject":"${canary}"}},"reason":"x"}`],
        ['/revoke', `{"filter":{"constructor":{"subject":"${canary}"}},"reason":"x"}`],
        ['/revoke', '{"filter":{"constructor":{"prototype":{"subject":"x"}}},"reason":"x"}'],
        ['/lookup', '{"__proto__":{"token":"x"}}'],
        ['/lookup', '{"constructor":{"token":"x"}}'],
      ] as const) {
        await unchanged(async () => {
          const { status } = await admin.send('POST', path, { body, headers: { 'Content-Type': 'application/json' } });
          expect(status).toBe(400);
        });
      }
      expect(({} as { subject?: string }).subject).toBeUndefined();
    });

    it('whatever is no object of members is refused', async () => {
      for (const body of ['[]', '[{"token":"x"}]', '"x"', '1', 'true', 'null', '{', '']) {
        for (const path of ['', '/revoke', '/lookup']) {
          const { status } = await admin.send('POST', path, { body, headers: { 'Content-Type': 'application/json' } });
          expect([path, body, status]).toEqual([path, body, 400]);
        }
      }
    });

    it('however deep it is nested, it is refused and not a failure of the server', async () => {
      const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      for (const body of [
        `{"token":${deep}}`,
        `{"filter":{"subject":${deep}},"reason":"x"}`,
        `{"audience":"test","lifetime":60,"content":{"a":${deep}}}`,
      ]) {
        for (const path of ['', '/revoke', '/lookup']) {
          const { status } = await admin.send('POST', path, { body, headers: { 'Content-Type': 'application/json' } });
          expect([path, status]).toEqual([path, 400]);
        }
      }
    });

    it('a filter without a condition is refused: nobody revokes everything by mistake', async () => {
      await unchanged(async () => {
        for (const filter of [{}, { exceptId: ID }]) {
          expectInvalid(await revokeMany(filter), 'filter');
          expectInvalid(await revokeMany(filter, { dryRun: true }), 'filter');
        }
      });
    });
  });

  describe('in a path', () => {
    const JUNK = [
      'x',
      '0',
      '-1',
      ID.slice(1),
      `${ID}0`,
      `${ID}'`,
      encodeURIComponent("' OR 1=1 --"),
      '%00',
      'null',
      'undefined',
      '__proto__',
      'constructor',
      'a'.repeat(90),
    ];

    it.each(JUNK)('an id that is none is not found, with no question to the database about it: %s', async (id) => {
      const start = app.statements.entries.length;
      for (const answer of [await admin.get(`/${id}`), await admin.delete(`/${id}`), await admin.post(`/${id}/revoke`, {})]) {
        expect([answer.status, answer.body.code]).toEqual([404, 'refresh_token_not_found']);
      }
      // Three times the guard's own look at the administrator's session.
      const own = uuidBytes.to(admin.sessionId) as Buffer;
      expect(app.statements.since(start).map(({ parameters }) => parameters)).toEqual(Array(3).fill([own]));
    });

    it('an id nobody has is not found, and one in capitals is the same id', async () => {
      for (const answer of [await admin.get(`/${ID}`), await admin.delete(`/${ID}`), await admin.post(`/${ID}/revoke`, {})]) {
        expect([answer.status, answer.body.code]).toEqual([404, 'refresh_token_not_found']);
      }
      expect((await admin.get(`/${admin.sessionId.toUpperCase()}`)).body.id).toBe(admin.sessionId);
    });
  });

  describe('that is SQL', () => {
    it.each(INJECTIONS)('is a value like any other: %s', async (text) => {
      const start = app.statements.entries.length;
      await unchanged(async () => {
        for (const name of [...NAMES, 'status', 'kind', 'sort', 'order', 'limit', 'cursor', ...INSTANTS]) {
          const { status, body } = await admin.find('', { [name]: text });
          expect([name, status, body.data ?? []]).toEqual([name, NAMES.includes(name) ? 200 : 400, []]);
        }
        for (const name of ['type', 'subject', 'sessionId', 'actor', 'ip', 'from', 'to']) {
          const { status, body } = await admin.find('/events', { [name]: text });
          expect([name, status, body.data ?? []]).toEqual([name, ['subject', 'actor', 'ip'].includes(name) ? 200 : 400, []]);
        }
        expect((await admin.post('/lookup', { token: text })).status).toBe(404);
        for (const name of NAMES) {
          expect((await admin.post('/revoke', { filter: { [name]: text }, reason: text })).body).toEqual({ matched: 0, revoked: 0 });
        }
      });
      for (const { sql } of app.statements.entries.slice(start)) expect(sql).not.toContain(text.length > 2 ? text : '\u0000');
    });

    it('is kept as it is in a key of its own, and revoked with it as the reason', async () => {
      for (const text of INJECTIONS) {
        const made = await admin.post('', { audience: text, lifetime: 60, subject: text, label: text, content: { note: text } });
        expect(made.body).toMatchObject({ audience: text, subject: text, label: text, content: { note: text } });
        const revoked = await admin.post('/revoke', { filter: { subject: text }, reason: text });
        expect(revoked.body).toEqual({ matched: 1, revoked: 1 });
        expect((await admin.get(`/${made.body.id}`)).body).toMatchObject({ audience: text, label: text, revokedReason: text });
      }
    });
  });
});
