import fc from 'fast-check';
import {
  jwtRefreshEntities,
  jwtRefreshMigrations,
  type RefreshToken,
  RefreshTokenEventRecord,
  type RefreshTokenEventType,
  type TableOptions,
} from 'nestjs-jwt-refresh';
import { DataSource, type DataSourceOptions, DefaultNamingStrategy } from 'typeorm';
import { base64urlBytes, uuidBytes } from '../../src/storage/column-transformers';
import { databaseFromUrl, type ScratchDatabase } from '../support/databases';
import { bearer } from '../support/http';
import { describeOnEveryDatabase, newSubject, type RunningApp, type Stack } from '../support/stack';

/** As hosts have it whose columns are `in_snake_case`. */
class SnakeNamingStrategy extends DefaultNamingStrategy {
  override columnName(property: string, custom: string): string {
    return custom || property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

/** Names, and what a host's data source says of names. */
type Naming = [title: string, table: TableOptions, host?: { entityPrefix?: string; namingStrategy?: SnakeNamingStrategy; schema?: string }];

const NAMES: Naming[] = [
  ['the usual names', {}],
  ["another library's names", { name: 'account_jwt_refresh_keys', columns: { subject: 'account_id', tokenHash: 'key', expiresAt: 'deadline' } }],
  [
    'reserved words',
    {
      name: 'order',
      eventsName: 'select',
      statsName: 'table',
      columns: {
        id: 'primary',
        subject: 'user',
        kind: 'key',
        audience: 'from',
        lifetime: 'where',
        generation: 'index',
        createdAt: 'order',
        expiresAt: 'limit',
        revokedAt: 'check',
        content: 'group',
        label: 'table',
        rotates: 'update',
      },
    },
  ],
  [
    'spaces, hyphens and capitals',
    { name: 'Refresh Tokens-2', eventsName: 'Refresh-Events', statsName: 'Refresh Stats', columns: { subject: 'User Id', tokenHash: 'Token-Hash' } },
  ],
  [
    'names as long as most databases take',
    { name: 't'.repeat(50), eventsName: 'e'.repeat(50), statsName: 's'.repeat(50), columns: { subject: 's'.repeat(60) } },
  ],
  ['a naming strategy of the host', {}, { namingStrategy: new SnakeNamingStrategy() }],
  ['a prefix of the host', { columns: { subject: 'user_id' } }, { entityPrefix: 'app_' }],
];

const IN_A_SCHEMA: Naming[] = [
  ['names in a schema', { name: 'auth.refresh_tokens', eventsName: 'auth.refresh_token_events', statsName: 'auth.stats' }],
  ['the schema of the data source', {}, { schema: 'auth' }],
  ['a schema and a prefix', { name: 'auth.tokens' }, { schema: 'auth', entityPrefix: 'app_' }],
];

const BYTES: Record<string, { type: string }> = {
  mysql: { type: 'binary' },
  mariadb: { type: 'binary' },
  postgres: { type: 'bytea' },
  'better-sqlite3': { type: 'blob' },
};

describeOnEveryDatabase('the schema', (stack) => {
  const names = stack.kind.name === 'postgres' ? [...NAMES, ...IN_A_SCHEMA] : NAMES;
  describe.each(names)('under %s', (_, table, host) => {
    let scratch: ScratchDatabase;
    let dataSource: DataSource;

    beforeAll(async () => {
      scratch = await stack.kind.create();
      dataSource = await open(scratch.url, table, host);
      if (stack.kind.name === 'postgres') await dataSource.query('CREATE SCHEMA auth');
    });
    afterAll(async () => {
      await dataSource.destroy();
      await scratch.drop();
    });

    it('comes with the migrations, goes when they are undone, and comes again, each time as the entities say', async () => {
      for (let round = 0; round < 2; round++) {
        await dataSource.runMigrations();
        expect(await tablesOf(dataSource)).toHaveLength(3);
        expect(await differences(dataSource)).toEqual([]);
        for (let left = jwtRefreshMigrations(table).length; left > 0; left--) await dataSource.undoLastMigration();
        expect(await tablesOf(dataSource)).toEqual([]);
      }
      await dataSource.runMigrations();
      expect(await dataSource.showMigrations()).toBe(false);
    });

    it('serves a whole session', async () => {
      const app = await start(stack, scratch.url, table, host);
      await expectWholeLife(app);
      await app.close();
    });
  });

  it('holds two sets of tables side by side, and a session of one is unknown to the other', async () => {
    const secret = 'the very same secret for both of them, 48 bytes.';
    const one = await start(stack, stack.url, { name: 'a_tokens', eventsName: 'a_events', statsName: 'a_stats' }, {}, secret);
    const two = await start(stack, stack.url, { name: 'b_tokens', eventsName: 'b_events', statsName: 'b_stats' }, {}, secret);
    await expectWholeLife(one);
    await expectWholeLife(two);
    const subject = newSubject();
    const { refreshToken } = await one.login(subject);
    expect((await two.http.refresh(refreshToken)).body.code).toBe('refresh_token_invalid');
    expect(await two.rows(subject)).toEqual([]);
    expect((await one.http.refresh(refreshToken)).status).toBe(200);
  });

  it('is never changed by the module itself', async () => {
    await (await stack.start()).close();
    const app = await stack.start({}, { database: { migrationsRun: false } as never });
    await expectWholeLife(app);
    expect(app.statements.entries.filter(({ sql }) => /\b(CREATE|ALTER|DROP|TRUNCATE|RENAME)\b/i.test(sql))).toEqual([]);
  });
});

describeOnEveryDatabase('a row', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start();
  });
  beforeEach(() => {
    subject = newSubject();
  });

  it('begins with these columns, and null where there is nothing yet', async () => {
    const { sessionId } = await app.login(subject);
    const now = app.clock.now();
    const [row] = await app.rows(subject);
    expect({ ...row }).toEqual({
      ip: null,
      id: sessionId,
      kind: 'session',
      subject,
      audience: 'test',
      lifetime: 14 * 86_400,
      expiresAt: new Date(now + 14 * 86_400_000),
      endsAt: new Date(now + 90 * 86_400_000),
      createdAt: new Date(now),
      revokedAt: null,
      revokedReason: null,
      revokedBy: null,
      lastUsed: null,
      content: {},
      tokenHash: expect.stringMatching(/^[\w-]{43}$/),
      generation: 0,
      confirmedGeneration: 0,
      rotatedAt: null,
      rotationNonce: null,
      secretId: 'default',
      rotates: true,
      label: null,
      deviceInfo: null,
    });
    expect(row!.jti).toBe(`${sessionId}.0`);
  });

  it.each([
    ['case', ['Alice', 'alice', 'ALICE', 'aLICE']],
    ['accents', ['resume', 'résumé', 'resumé', 're\u0301sume\u0301']],
    ['width', ['1', '１', '①', '¹']],
    ['letters that some collations call equal', ['strasse', 'straße', 'ß', 'ss', 'ẞ']],
    ['the dot of an i', ['i', 'I', 'İ', 'ı']],
    ['what can not be seen', ['eve', 'e\u200bve', 'e\u00adve', 'eve\u2060']],
    ['emoji, which some collations all call equal', ['😀', '😃', '👩‍💻', '👩']],
    ['leading zeros', ['7', '07', '7.0', '7e0']],
  ])('belongs to one subject only, though subjects differ only in %s', async (_, family) => {
    const subjects = family.map((name) => `${subject}-${name}`);
    for (const each of subjects) await app.login(each);
    for (const each of subjects) expect((await app.jwtRefresh.sessions(each)).map((session) => session.subject)).toEqual([each]);
    for (const [index, each] of subjects.entries()) {
      expect(await app.jwtRefresh.revokeAll(each)).toBe(1);
      const live = await Promise.all(subjects.map(async (other) => (await app.jwtRefresh.sessions(other)).length));
      expect(live).toEqual(subjects.map((_each, other) => (other <= index ? 0 : 1)));
    }
  });

  const AWKWARD = [
    `O'Brien`, '"quoted"', '`ticked`', 'back\\slash', '\\', '\\\'', '100%', '_', '%_%', '$1', ':now', '?', '{table}', '{*}', ';--', '/* */', "'; DROP TABLE refresh_tokens; --",
    'ünï', '日本語', '😀', '\u202eright to left', 'a\u00a0b', 'a  b', '<b>', '${x}', '1e3', 'null', 'NULL', 'true', '0',
  ]; // prettier-ignore

  it.each(AWKWARD)('keeps %j as it is: as subject, audience, label, reason and actor', async (text) => {
    const { sessionId } = await app.login(`${text}.${subject}`, { audience: text, label: text });
    await app.jwtRefresh.revokeFamily(sessionId, text, { actor: text });
    const [row] = await app.rows(`${text}.${subject}`);
    expect(row).toMatchObject({ subject: `${text}.${subject}`, audience: text, label: text, revokedReason: text, revokedBy: text });
    expect((await app.audit(`${text}.${subject}`)).at(-1)).toMatchObject({ reason: text, actor: text });
  });

  it('keeps 255 characters of any script', async () => {
    for (const letter of ['x', 'ü', '語']) {
      const text = letter.repeat(255);
      await app.login(text, { audience: text, label: text });
      expect(await app.rows(text)).toMatchObject([{ subject: text, audience: text, label: text }]);
    }
  });

  describe('keeps as content', () => {
    const contentOf = async (): Promise<[RefreshToken['content'], RefreshToken['content']]> => {
      const [row] = await app.rows(subject);
      const [session] = await app.jwtRefresh.sessions(subject);
      return [row!.content, session!.content];
    };

    it.each<[string, Record<string, unknown>]>([
      ['deep nesting', { a: [{ b: [{ c: [[[{ d: {} }]]] }] }], e: [] }],
      ['the order of members', { z: 1, a: 2, m: { y: 1, b: 2 } }],
      ['large, small and exact numbers', { a: 1e21, b: 1e-7, c: 2 ** 53 - 1, d: -(2 ** 53), e: 0.1 + 0.2, f: 5e-324, g: 1.7976931348623157e308 }],
      ['any script', { name: 'Zoë 日本語 😀 \u202e', ключ: 'значение', '🔑': '🚪' }],
      ['halves of characters and characters nobody sees', { a: '\ud800', b: '\udc00x', c: '\u0000\u0001\u001f\u007f\u2028\ufeff' }],
      ['quotes and backslashes', { 'a"b': "it's", 'c\\d': '\\"\\', e: '%_`$1:x?{*}' }],
      ['null, true and empty texts', { a: null, b: true, c: false, d: '', '': 'empty name' }],
      ['4096 bytes', { text: 'x'.repeat(4096 - '{"text":""}'.length) }],
    ])('%s', async (_, content) => {
      const { accessToken } = await app.login(subject, { content });
      for (const stored of await contentOf()) {
        expect(stored).toEqual(content);
        expect(JSON.stringify(stored)).toBe(JSON.stringify(content));
      }
      expect(await app.jwtRefresh.verifyAccessToken(accessToken)).toMatchObject(content);
    });

    it('any JSON object there is', async () => {
      const object = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 10 }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 });
      const allowed = (content: object) => Buffer.byteLength(JSON.stringify(content)) <= 4096 && !Object.keys(content).some((name) => name in {});
      await fc.assert(
        fc.asyncProperty(object.filter(allowed), async (content) => {
          subject = newSubject();
          await app.login(subject, { content });
          for (const stored of await contentOf()) expect(JSON.stringify(stored)).toBe(JSON.stringify(content));
        }),
        { numRuns: 50 },
      );
    });
  });

  it.each([
    '2001-09-09T01:46:40.001Z',
    '2026-10-25T01:30:00.500Z',
    '2038-01-19T03:14:07.999Z',
    '2038-01-19T03:14:08.000Z',
    '2100-02-28T23:59:59.999Z',
    '2106-02-07T06:28:16.123Z',
    '9999-01-01T00:00:00.001Z',
  ])('keeps %s to the millisecond, in every column that holds an instant', async (instant) => {
    const now = new Date(instant);
    app.clock.set(now);
    const { refreshToken, sessionId } = await app.login(subject, { lifetime: '7d' });
    app.clock.advanceMilliseconds(1);
    const { body } = await app.http.refresh(refreshToken);
    app.clock.advanceMilliseconds(1);
    expect((await app.http.get('/me', bearer(body.access_token as string))).status).toBe(200);
    await app.jwtRefresh.revokeFamily(sessionId, 'test');
    const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
    expect(await app.rows(subject)).toMatchObject([
      {
        createdAt: now,
        rotatedAt: later(1),
        lastUsed: later(1),
        expiresAt: later(7 * 86_400_000 + 1),
        endsAt: later(90 * 86_400_000),
        revokedAt: later(2),
      },
    ]);
    expect((await app.audit(subject)).map(({ at }) => at)).toEqual([now, later(1), later(2)]);
    app.clock.set(new Date());
  });
});

async function open(url: string, table: TableOptions, host: Naming[2]): Promise<DataSource> {
  const options = { ...databaseFromUrl(url), ...host, entities: jwtRefreshEntities(table), migrations: jwtRefreshMigrations(table) };
  return new DataSource(options as DataSourceOptions).initialize();
}

function start(stack: Stack, url: string, table: TableOptions, host: Naming[2], secret?: string): Promise<RunningApp> {
  const database = { ...host, entities: jwtRefreshEntities(table), migrations: jwtRefreshMigrations(table) };
  return stack.start(secret === undefined ? {} : { secret }, { database: database as never }, url);
}

/** The module's tables that exist. */
async function tablesOf(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    return (await runner.getTables(dataSource.entityMetadatas.map(({ tablePath }) => tablePath))).map(({ name }) => name);
  } finally {
    await runner.release();
  }
}

/** What TypeORM would change to make the tables equal the entities, but for bytes, which entities have no common word for. */
async function differences(dataSource: DataSource): Promise<string[]> {
  for (const metadata of dataSource.entityMetadatas) metadata.synchronize = true;
  for (const column of dataSource.entityMetadatas.flatMap(({ columns }) => columns)) {
    if (column.transformer !== uuidBytes && column.transformer !== base64urlBytes) continue;
    Object.assign(column, BYTES[dataSource.options.type]);
    if (column.type === 'binary') column.length = column.propertyName === 'tokenHash' ? '32' : '16';
  }
  return (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
}

/** Login, refresh, retry, reuse, own sessions, logout. */
async function expectWholeLife(app: RunningApp): Promise<void> {
  const subject = newSubject();
  const [replayed, ended] = [await app.login(subject, { label: 'phone' }), await app.login(subject)];
  const rotated = await app.http.refresh(replayed.refreshToken);
  expect((await app.http.refresh(replayed.refreshToken)).body.refresh_token).toBe(rotated.body.refresh_token);
  const sessions = await app.http.get('/auth/sessions', bearer(ended.accessToken));
  expect(sessions.body.data).toMatchObject([
    { id: ended.sessionId, current: true },
    { id: replayed.sessionId, label: 'phone' },
  ]);
  app.clock.advance(30);
  expect((await app.http.refresh(replayed.refreshToken)).body.code).toBe('refresh_token_reused');
  expect((await app.http.logout(ended.refreshToken)).status).toBe(204);
  expect(await app.rows(subject)).toMatchObject([
    { generation: 1, revokedReason: 'reuse' },
    { generation: 0, revokedReason: 'logout' },
  ]);
  const types: RefreshTokenEventType[] = ['refresh_token.issued', 'refresh_token.issued', 'refresh_token.rotated', 'refresh_token.retried'];
  const records = await app.audit(subject);
  expect(records[0]).toBeInstanceOf(RefreshTokenEventRecord);
  expect(records.map(({ type }) => type)).toEqual([...types, 'refresh_token.reused', 'refresh_token.revoked']);
}
