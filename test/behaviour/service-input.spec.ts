import { RefreshToken, type JwtRefreshService, type TokenPair } from 'nestjs-jwt-refresh';
import { v7 as uuidv7 } from 'uuid';
import { bearer } from '../support/http';
import { describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

/** Texts that end a literal, open a comment or look like a parameter somewhere. */
const INJECTIONS = [
  "' OR '1'='1",
  "' OR 1=1 -- x",
  "') OR ('1'='1",
  "\\' OR 1=1 -- x",
  '" OR ""="',
  '1 OR 1=1',
  "canary' -- x",
  "canary'/*",
  "'; DROP TABLE refresh_tokens; -- x",
  '1; DELETE FROM refresh_tokens',
  "' UNION SELECT * FROM refresh_tokens -- x",
  "' AND SLEEP(5) -- x",
  "'||pg_sleep(5)--",
  '0x63616e617279',
  '%',
  'cana%',
  'canar_',
  '$1',
  ':subject',
  '{id}',
];

/** What is no text at all, though JavaScript would make one of it. */
const NO_TEXTS: unknown[] = [
  undefined,
  null,
  0,
  1,
  2 ** 53 + 1,
  NaN,
  Infinity,
  true,
  false,
  10n,
  Symbol('canary'),
  {},
  { id: 1 },
  { $ne: null },
  { toString: () => 'canary' },
  { toSqlString: () => "'canary'" },
  [],
  ['canary'],
  new String('canary'),
  new Date(),
  Buffer.from('canary'),
  () => 'canary',
];

/** The same without what means "not given". */
const WRONG_TEXTS = NO_TEXTS.filter((value) => value !== undefined && value !== null);

/** Texts that some database would change, cut or refuse. */
const NO_NAMES: unknown[] = ['', ' ', ' canary', 'canary ', '\tcanary', 'canary\n', '\u00a0canary', '\ufeffcanary', 'can\0ary', 'can\u001bary', 'can\u0085ary', '\ud800', 'x\udc00y', 'x'.repeat(256)]; // prettier-ignore

describeOnEveryDatabase('service input', (stack) => {
  let app: RunningApp;
  let service: JwtRefreshService;
  let canary: TokenPair;
  let canaryRows: RefreshToken[];
  let subject: string;

  beforeAll(async () => {
    // Without the audit log, which is written later, each statement belongs to the call at hand.
    app = await stack.start({ audit: { enabled: false } }, { configure: (host) => host.useLogger(false) });
    service = app.jwtRefresh;
  });
  beforeEach(async () => {
    subject = newSubject();
    await app.dataSource.getRepository(RefreshToken).delete({ subject: 'canary' });
    canary = await app.login('canary');
    await app.login('canary');
    canaryRows = await app.rows('canary');
  });
  afterEach(async () => {
    expect(await app.rows('canary')).toEqual(canaryRows);
  });

  /** What became of a call: `TypeError`, or whatever else it threw or returned, with the statements it sent. */
  async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
    let outcome = '';
    const statements = await app.statements.during(async () => {
      outcome = await call().then(
        (value) => `returned ${String(value)}`,
        (error: unknown) => (error as Error).constructor.name,
      );
    });
    return [outcome, ...statements].join(', ');
  }

  /** Each call is refused with a TypeError, and no statement is sent. */
  async function expectRefused(values: readonly unknown[], ...calls: ((value: never) => Promise<unknown>)[]): Promise<void> {
    for (const call of calls) {
      const outcomes = [];
      for (const value of values) outcomes.push([value, await outcomeOf(() => call(value as never))]);
      expect(outcomes).toEqual(values.map((value) => [value, 'TypeError']));
    }
  }

  describe('a subject', () => {
    it.each([...NO_TEXTS, ...NO_NAMES])('%p is refused before any statement, by every method that takes one', async (bad) => {
      await expectRefused(
        [bad],
        (value) => service.issue({ subject: value }),
        (value) => service.sessions(value),
        (value) => service.revokeAll(value),
      );
    });

    it('that is a number is refused with the advice to make a text of it', async () => {
      await expect(service.issue({ subject: 5 as never })).rejects.toThrow('subject must be a text, but it is number; give String(user.id)');
    });

    it('comes back exactly as it was given and is nobody else', async () => {
      const subjects = [
        ...['1e3', '1000', '1', '01', '1.0', '+1', '-1', '0', '-0', '00', '0x1', '1n', 'true', 'null', 'NULL', 'undefined', 'NaN'],
        ...[
          'ünï',
          'ÜNÏ',
          'uni',
          "o'brien",
          "o''brien",
          '%',
          '_',
          '*',
          '?',
          '\\',
          '\\\\',
          '"',
          '`',
          '{}',
          '[]',
          'Canary',
          'CANARY',
          'canary1',
          'a  b',
          'a b',
        ],
      ].map((text) => `${text}@${subject}@${text}`);
      const pairs = await Promise.all(subjects.map((each) => service.issue({ subject: each })));
      for (const [index, each] of subjects.entries()) {
        expect((await service.verifyAccessToken(pairs[index]!.accessToken)).sub).toBe(each);
        expect((await service.sessions(each)).map(({ id, subject: kept }) => [id, kept])).toEqual([[pairs[index]!.sessionId, each]]);
      }
      for (const [index, each] of subjects.entries()) {
        expect(await service.revokeAll(each)).toBe(1);
        const next = subjects[index + 1];
        if (next) expect(await service.sessions(next)).toHaveLength(1);
      }
    });
  });

  describe('of issue()', () => {
    it('is refused when it is no object', async () => {
      await expectRefused([undefined, null, 5, 'canary', []], (input) => service.issue(input));
    });

    it('is refused when the audience or the label is no text, or a text that some database would change', async () => {
      await expectRefused(
        [...WRONG_TEXTS, ...NO_NAMES],
        (audience) => service.issue({ subject, audience }),
        (label) => service.issue({ subject, label }),
      );
    });

    const circular: Record<string, unknown> = {};
    circular.self = circular;
    it.each<[string, unknown]>([
      ['a text', 'role=admin'],
      ['a number', 5],
      ['a list', [{ role: 'admin' }]],
      ['true', true],
      ...['iss', 'aud', 'sub', 'sid', 'gen', 'jti', 'iat', 'nbf', 'exp'].map((claim): [string, unknown] => [
        `the claim ${claim}`,
        { role: 'x', [claim]: 1 },
      ]),
      ['a bigint', { balance: 10n }],
      ['a circle', circular],
      ['4097 bytes', { text: 'x'.repeat(4097 - '{"text":""}'.length) }],
      ['4096 characters of 3 bytes each', { text: '語'.repeat(4096) }],
      ['an object that turns into nothing', { toJSON: () => undefined }],
      ['an object that turns into a list', { toJSON: () => ['admin'] }],
      ['an object that turns into a text', { toJSON: () => 'admin' }],
      ['an object that turns into registered claims', { toJSON: () => ({ sub: 'canary' }) }],
      ['a claim that no JWT library signs: constructor', { constructor: 'x' }],
      ['a claim that no JWT library signs: toString', { toString: 'x' }],
      ['a claim that no JWT library signs: __proto__', JSON.parse('{"__proto__": {"role": "admin"}}')],
    ])('%s is refused as content', async (_, content) => {
      await expectRefused([content], (value) => service.issue({ subject, content: value }));
      expect(await service.sessions(subject)).toEqual([]);
    });

    it('is refused when the lifetime is no length of time, none at all, or longer than the absolute one', async () => {
      const lifetimes = ['900', '', 'soon', '1.5s', 0, '0s', -1, '-5m', NaN, Infinity, 1.5, '91d', 2 ** 53, true, {}, [60], 60n];
      await expectRefused(lifetimes, (lifetime) => service.issue({ subject, lifetime }));
    });

    it('undefined for anything that has a default means the default', async () => {
      const pair = await service.issue({
        subject,
        audience: undefined,
        lifetime: undefined,
        content: undefined,
        label: undefined,
        device: undefined,
      });
      expect(await app.rows(subject)).toMatchObject([
        { id: pair.sessionId, audience: 'test', lifetime: 14 * 86_400, content: {}, label: null, deviceInfo: null },
      ]);
    });
  });

  describe('of refresh(), revoke() and verifyAccessToken()', () => {
    const TOKENS = [...NO_TEXTS, ...NO_NAMES, ...INJECTIONS, 'jrt_', 'jrt_AAAA', '..', '....', 'x'.repeat(1_000_000)];

    it('that is no token costs no statement and has no effect', async () => {
      for (const token of TOKENS as string[]) {
        const statements = await app.statements.during(async () => {
          await expect(service.refresh(token)).rejects.toThrow();
          await expect(service.verifyAccessToken(token)).rejects.toThrow();
          expect(await service.revoke(token).catch(() => false)).toBe(false);
        });
        expect(statements).toEqual([]);
      }
    });
  });

  describe('of revokeFamily()', () => {
    it('that is no id costs no statement and ends nothing', async () => {
      for (const id of [...NO_TEXTS, ...NO_NAMES, ...INJECTIONS] as string[]) {
        expect(await outcomeOf(() => service.revokeFamily(id, 'test'))).toMatch(/^(returned false|TypeError)$/);
      }
    });

    it('that is the id of nobody ends nothing', async () => {
      expect(await service.revokeFamily(uuidv7(), 'test')).toBe(false);
      expect(await service.revokeFamily(canary.sessionId.toUpperCase(), 'test')).toBe(false);
    });

    it('is refused when the reason is no text, or a text that some database would change', async () => {
      await expectRefused([...NO_TEXTS, ...NO_NAMES], (reason) => service.revokeFamily(canary.sessionId, reason));
    });

    it('is refused when the actor is no text, or a text that some database would change', async () => {
      await expectRefused([...WRONG_TEXTS, ...NO_NAMES], (actor) => service.revokeFamily(canary.sessionId, 'test', { actor }));
    });

    it('with the subject of somebody else, or of nobody, ends nothing', async () => {
      for (const other of [...WRONG_TEXTS, null, ...NO_NAMES, ...INJECTIONS, 'Canary'] as string[]) {
        expect(await service.revokeFamily(canary.sessionId, 'test', { subject: other }).catch(() => false)).toBe(false);
        expect(await service.revoke(canary.refreshToken, { subject: other }).catch(() => false)).toBe(false);
      }
    });

    it('with a subject that turned out undefined ends nothing: it is not the same as no subject', async () => {
      expect(await service.revokeFamily(canary.sessionId, 'test', { subject: undefined }).catch(() => false)).toBe(false);
    });
  });

  describe('of revokeAll()', () => {
    it('that is a subject of nobody ends nothing', async () => {
      for (const text of INJECTIONS) {
        expect(await service.revokeAll(text)).toBe(0);
        expect(await service.sessions(text)).toEqual([]);
      }
    });

    it('is refused when the reason is no text, or a text that some database would change', async () => {
      await expectRefused([...WRONG_TEXTS, null, ...NO_NAMES], (reason) => service.revokeAll('canary', { reason }));
    });

    it('is refused when the actor is no text, or a text that some database would change', async () => {
      await expectRefused([...WRONG_TEXTS, ...NO_NAMES], (actor) => service.revokeAll('canary', { actor }));
    });

    it('is refused when the session to keep is no id, so that none ends that was meant to stay', async () => {
      await expectRefused([...WRONG_TEXTS, ...NO_NAMES, ...INJECTIONS], (except) => service.revokeAll('canary', { except }));
    });

    it('keeps a session of its own subject only', async () => {
      await service.issue({ subject });
      await service.issue({ subject });
      expect(await service.revokeAll(subject, { except: canary.sessionId })).toBe(2);
    });
  });

  describe('over HTTP', () => {
    let session: TokenPair;

    beforeEach(async () => {
      session = await app.login(subject);
    });

    it.each([{}, { id: 1 }, { $ne: null }, { token: 'x' }, [], ['x'], [['x']], 0, 1, true, null].map((value) => [JSON.stringify(value)]))(
      '%s where the refresh token belongs is 400 and costs no statement',
      async (value) => {
        const headers = { 'Content-Type': 'application/json' };
        for (const path of ['/auth/jwt-refresh', '/auth/logout']) {
          let status = 0;
          const statements = await app.statements.during(async () => {
            ({ status } = await app.http.send('POST', path, { body: `{"refresh_token": ${value}}`, headers }));
          });
          expect([status, statements]).toEqual([400, []]);
        }
      },
    );

    it.each([...INJECTIONS, 'all', 'current', '*', ' ', '\0', '%', '../sessions', 'null', 'undefined', '[object Object]', 'x'.repeat(5000), '😀'])(
      '%p as the id of a session is 404 and costs nothing but the guard',
      async (id) => {
        let status = 0;
        const statements = await app.statements.during(async () => {
          ({ status } = await app.http.delete(`/auth/sessions/${encodeURIComponent(id)}`, bearer(session.accessToken)));
        });
        expect([404, 414]).toContain(status);
        expect(['SELECT', undefined]).toContain(statements.join() || undefined);
        expect(await service.sessions(subject)).toHaveLength(1);
      },
    );

    it("a session of somebody else is 404, in the spelling of the id too, and one's own in another spelling", async () => {
      for (const id of [
        canary.sessionId,
        canary.sessionId.toUpperCase(),
        session.sessionId.toUpperCase(),
        `{${session.sessionId}}`,
        `${session.sessionId} `,
      ]) {
        expect((await app.http.delete(`/auth/sessions/${encodeURIComponent(id)}`, bearer(session.accessToken))).status).toBe(404);
      }
      expect(await service.sessions(subject)).toHaveLength(1);
    });

    it.each([
      'except[]=current',
      'except[$ne]=current',
      'except=current&except=current',
      'except=all',
      'except=',
      'except=CURRENT',
      'subject=canary',
      'where=1',
    ])('the query %s of DELETE /auth/sessions is 400 and ends nothing', async (query) => {
      expect((await app.http.delete(`/auth/sessions?${query}`, bearer(session.accessToken))).status).toBe(400);
      expect(await service.sessions(subject)).toHaveLength(1);
    });

    it.each(['subject=canary', 'sub=canary', 'id=1', 'filter[subject]=canary'])(
      'the query %s of GET /auth/sessions shows nobody else',
      async (query) => {
        const { body } = await app.http.get(`/auth/sessions?${query}`, bearer(session.accessToken));
        expect(body.data).toMatchObject([{ id: session.sessionId }]);
        expect(body.data).toHaveLength(1);
      },
    );

    it('text from headers, bodies and paths is a parameter of every statement, never a part of it', async () => {
      const start = app.statements.entries.length;
      for (const text of INJECTIONS.filter((each) => each.length > 4)) {
        const pair = await app.login(`${text}${subject}`, {
          label: text,
          audience: text,
          content: { text },
          request: { headers: { 'user-agent': text }, ip: text },
        });
        const { body } = await app.http.refresh(pair.refreshToken, { 'User-Agent': text, 'X-Forwarded-For': text });
        await app.http.delete(`/auth/sessions/${encodeURIComponent(text)}`, bearer(body.access_token as string));
        await service.revokeFamily(pair.sessionId, text, { actor: text });
        expect(await app.rows(`${text}${subject}`)).toMatchObject([
          { label: text, audience: text, content: { text }, revokedReason: text, revokedBy: text },
        ]);
      }
      const statements = app.statements.since(start).map(({ sql }) => sql);
      expect(statements.length).toBeGreaterThan(50);
      for (const text of INJECTIONS.filter((each) => each.length > 4)) expect(statements.filter((sql) => sql.includes(text))).toEqual([]);
    });
  });
});
