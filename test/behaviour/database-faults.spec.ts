import type { INestApplication } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { TestAppOptions } from 'nestjs-jwt-refresh/testing';
import { newId } from '../../src/ids';
import { Database } from '../../src/storage/database';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { type Answer, bearer, INSIDES } from '../support/http';
import { describeOnEveryDatabase, newSubject, type RunningApp, type Stack } from '../support/stack';
import { databaseFromUrl } from '../support/databases';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

jest.mock('../../src/ids', () => {
  const ids = jest.requireActual<typeof import('../../src/ids')>('../../src/ids');
  return { ...ids, newId: jest.fn(ids.newId) };
});

const SECRET = 'a secret that two apps share: 5Ww0cXbq8Yt2';

describeOnEveryDatabase('a database under strain', (stack) => {
  it('has no session written over when an id is drawn that is taken: another one is drawn', async () => {
    const app = await stack.start();
    const first = await app.login(newSubject());
    const subject = newSubject();
    jest.mocked(newId).mockReturnValueOnce(first.sessionId).mockReturnValueOnce(first.sessionId);
    const second = await app.login(subject);
    expect(second.sessionId).not.toBe(first.sessionId);
    expect(await app.rows(subject)).toMatchObject([{ id: second.sessionId }]);
    for (const { refreshToken } of [first, second]) expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  it('has no key written over either', async () => {
    const app = await stack.start({ admin: ADMINISTRATORS });
    const admin = await AdminClient.signIn(app);
    jest.mocked(newId).mockReturnValueOnce(admin.sessionId);
    const { status, body } = await admin.post('', { audience: 'test', lifetime: '1h' });
    expect(status).toBe(201);
    expect(body.id).not.toBe(admin.sessionId);
    expect(body.subject).toBe(`key:${body.id}`);
    expect((await admin.get(`/${body.id}`)).body.events).toMatchObject([{ type: 'refresh_token.issued', sessionId: body.id }]);
    expect((await admin.get(`/${admin.sessionId}`)).body).toMatchObject({ kind: 'session', status: 'active' });
  });

  it('has 503 for a login when every id that is drawn is taken', async () => {
    const app = await stack.start();
    const { sessionId } = await app.login('first');
    const drawn = jest.mocked(newId);
    for (let draw = 0; draw < 3; draw++) drawn.mockReturnValueOnce(sessionId);
    await expect(app.login('second')).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    expect(await app.rows('second')).toEqual([]);
    expect((await app.login('second')).sessionId).not.toBe(sessionId);
  });

  it('has 503 at once for what comes when two thousand statements wait', async () => {
    const app = await stack.start({}, { configure: (host) => host.useLogger(false) });
    const database = app.app.get(Database);
    const waiting = Array.from({ length: 2000 }, () => database.run('SELECT 1', []));
    await expect(database.run('SELECT 1', [])).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    await Promise.allSettled(waiting);
    expect((await database.run('SELECT 1', [])).rows).toHaveLength(1);
  });

  it('whose table can not be read has 503 for every token and lets nobody in; the same tokens are good afterwards', async () => {
    const app = await stack.start({}, { configure: (host) => host.useLogger(false) });
    const { accessToken, refreshToken } = await app.login(newSubject());
    const check = () => app.http.get('/strict', bearer(accessToken));
    const answers: Answer[] = [];
    await app.dataSource.query('ALTER TABLE refresh_tokens RENAME TO refresh_tokens_away');
    for (const send of [() => app.http.refresh(refreshToken), () => app.http.logout(refreshToken), check]) answers.push(await send());
    await app.dataSource.query('ALTER TABLE refresh_tokens_away RENAME TO refresh_tokens');
    const told = answers.map(({ status, body, headers }) => [status, body.code, headers.get('retry-after')]);
    expect(told).toEqual(Array(3).fill([503, 'temporarily_unavailable', '1']));
    expect((await check()).status).toBe(200);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  if (stack.kind.name !== 'sqlite') onServers(stack);
});

function onServers(stack: Stack): void {
  const isPostgres = stack.kind.name === 'postgres';

  if (!isPostgres)
    it('does not serve where a backslash is a letter: values could become SQL', async () => {
      const database = { ...databaseFromUrl(stack.url), poolSize: 1 } as TestAppOptions['database'];
      let host!: INestApplication;
      const configure = (app: INestApplication) => {
        host = app;
        void app.get<DataSource>(getDataSourceToken()).query("SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')");
      };
      await expect(stack.start({}, { database, configure })).rejects.toThrow('sql_mode NO_BACKSLASH_ESCAPES');
      await host.close();
    });

  it('that held a rotation back for longer than the grace period ends no session of whoever repeated the request', async () => {
    const app = await stack.start({}, { configure: (host) => host.useLogger(false) });
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    const rival = app.dataSource.createQueryRunner();
    await rival.startTransaction();
    await rival.query('UPDATE refresh_tokens SET label = label');
    expect((await app.http.refresh(refreshToken)).status).toBe(503);
    app.clock.advance(31);
    await rival.commitTransaction();
    await rival.release();
    await until(async () => (await app.rows(subject))[0]!.rotatedAt?.getTime() === app.clock.now());
    const { status, body } = await app.http.refresh(refreshToken);
    expect({ status, code: body.code }).toEqual({ status: 200, code: undefined });
    expect((await app.http.refresh(body.refresh_token)).status).toBe(200);
  });

  if (!isPostgres) {
    it('that has a replica is asked again when it was away for a moment', async () => {
      const proxy = await TcpProxy.before(stack.url);
      const replication = { master: { url: proxy.url }, slaves: [{ url: proxy.url }], restoreNodeTimeout: 50 };
      const database = { url: undefined, replication } as TestAppOptions['database'];
      const app = await stack.start({}, { database, configure: (host) => host.useLogger(false) });
      const { refreshToken } = await app.login(newSubject());
      proxy.cut();
      for (let attempt = 0; attempt < 10; attempt++) expect((await app.http.refresh(refreshToken)).status).toBe(503);
      proxy.restore();
      await until(async () => (await app.http.refresh(refreshToken)).status === 200);
      await app.close();
      await proxy.close();
    });

    it('that has a replica and would be given up for good after a moment is not started with', async () => {
      const replication = { master: { url: stack.url }, slaves: [{ url: stack.url }] };
      const starting = stack.start({}, { database: { url: undefined, replication } as TestAppOptions['database'] });
      await expect(starting).rejects.toThrow('dataSource: replication.restoreNodeTimeout must be above 0');
    });
  }

  it('with two connections serves a hundred refreshes at once', async () => {
    const app = await stack.start({}, { database: { poolSize: 2 } as TestAppOptions['database'] });
    expect(await refreshAll(app, await logIn(app, 100))).toEqual([200]);
  });

  it('whose connections are all held has 503 for whoever may not wait, and serves all of them afterwards', async () => {
    const extra = isPostgres ? { connectionTimeoutMillis: 1000 } : { queueLimit: 5 };
    const database = { poolSize: 2, extra } as TestAppOptions['database'];
    const app = await stack.start({ secret: SECRET }, { database, configure: (host) => host.useLogger(false) });
    const unhindered = await stack.start({ secret: SECRET });
    const rival = unhindered.dataSource.createQueryRunner();
    const [busy = '', ...others] = await logIn(unhindered, 20);
    await refreshAll(app, others.slice(0, 2));
    await rival.startTransaction();
    await rival.query('UPDATE refresh_tokens SET label = label');
    const answers = [busy, busy, ...others.slice(2)].map((token) => app.http.refresh(token));
    await Promise.any(answers.map(async (answer) => expect((await answer).status).toBe(503)));
    await rival.rollbackTransaction();
    await rival.release();
    for (const answer of answers) expect([200, 503]).toContain((await answer).status);
    expect((await app.http.refresh(busy)).status).toBe(200);
    for (const token of others) expect((await app.http.refresh(token)).status).toBe(200);
  });

  it('is asked through its primary alone where TypeORM knows replicas', async () => {
    const replica = new ReplicaWithoutTables(stack);
    await replica.open();
    const app = await stack.start({}, { database: { url: undefined, replication: replica.options } as TestAppOptions['database'] });
    const login = await app.login(newSubject());
    const { body } = await app.http.refresh(login.refreshToken);
    expect((await app.http.refresh(login.refreshToken)).body.refresh_token).toBe(body.refresh_token);
    for (const path of ['/strict', '/passport/me', '/auth/sessions']) expect((await app.http.get(path, bearer(body.access_token))).status).toBe(200);
    expect((await app.http.logout(body.refresh_token)).status).toBe(204);
    expect((await app.http.get('/strict', bearer(body.access_token))).status).toBe(401);
    // The replica would have been asked for what TypeORM reads by itself.
    await expect(app.rows(newSubject())).rejects.toThrow(/refresh_tokens/);
    await app.close();
    await replica.drop();
  });

  describe('that refuses an UPDATE', () => {
    let app: RunningApp;
    const [passing, lasting] = isPostgres
      ? [['40P01', '40001', '55P03'], ['25006', '53300', '57P01']] // prettier-ignore
      : [
          ['1213', '1205', '1020'],
          ['1290', '1836', '3024'],
        ];

    beforeAll(async () => {
      app = await stack.start({ audit: { enabled: false } }, { configure: (host) => host.useLogger(false) });
      for (const statement of isPostgres ? TRIGGER_OF_POSTGRES : TRIGGER_OF_MYSQL) await app.dataSource.query(statement);
    });

    it.each(passing)('for a moment with %s is asked again, and nobody notices', async (code) => {
      const subject = newSubject();
      const { refreshToken } = await app.login(subject);
      const refreshDuring = async (milliseconds: number) => {
        await refuseUpdates(app.dataSource, milliseconds, code);
        const statements: string[] = await app.statements.during(async () => (answer = await app.http.refresh(refreshToken)));
        expect(statements.filter((statement) => statement === 'UPDATE').length).toBeGreaterThan(1);
        return answer;
      };
      let answer!: Answer;
      expect((await refreshDuring(500)).status).toBe(200);
      expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
      app.clock.advance(31);
      expect((await refreshDuring(500)).body.code).toBe('refresh_token_reused');
      expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedReason: 'reuse' }]);
    });

    it.each(lasting)('with %s has 503 for it and never a 4xx; the same token is good afterwards', async (code) => {
      const subject = newSubject();
      const { refreshToken } = await app.login(subject);
      await refuseUpdates(app.dataSource, 3_600_000, code);
      for (const send of [() => app.http.refresh(refreshToken), () => app.http.logout(refreshToken)]) {
        const { status, body, headers } = await send();
        expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '1']);
        expect(JSON.stringify(body)).not.toMatch(INSIDES);
      }
      expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
      await refuseUpdates(app.dataSource, 0, code);
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
    });
  });
}

/** A database beside the real one in which nothing can be read. */
class ReplicaWithoutTables {
  private scratch!: Awaited<ReturnType<Stack['kind']['create']>>;

  constructor(private readonly stack: Stack) {}

  async open(): Promise<void> {
    this.scratch = await this.stack.kind.create();
  }

  get options(): object {
    return { master: { url: this.stack.url }, slaves: [{ url: this.scratch.url }], restoreNodeTimeout: 500 };
  }

  drop(): Promise<void> {
    return this.scratch.drop();
  }
}

const TRIGGER_OF_MYSQL = [
  'CREATE TABLE refusal (until DATETIME(6), errno INT)',
  'INSERT INTO refusal VALUES (SYSDATE(6), 0)',
  `CREATE TRIGGER refuse BEFORE UPDATE ON refresh_tokens FOR EACH ROW BEGIN
     DECLARE code INT DEFAULT (SELECT errno FROM refusal WHERE until > SYSDATE(6));
     IF code IS NOT NULL THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = code, MESSAGE_TEXT = 'refused'; END IF;
   END`,
];

const TRIGGER_OF_POSTGRES = [
  'CREATE TABLE refusal (until timestamptz, code text)',
  "INSERT INTO refusal VALUES (clock_timestamp(), '')",
  `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     IF (SELECT until FROM refusal) > clock_timestamp() THEN RAISE EXCEPTION USING ERRCODE = (SELECT code FROM refusal); END IF;
     RETURN NEW;
   END $$`,
  'CREATE TRIGGER refuse BEFORE UPDATE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION refuse()',
];

async function refuseUpdates(dataSource: DataSource, milliseconds: number, code: string): Promise<void> {
  const statement =
    dataSource.options.type === 'postgres'
      ? "UPDATE refusal SET until = clock_timestamp() + $1 * interval '1 ms', code = $2"
      : 'UPDATE refusal SET until = SYSDATE(6) + INTERVAL ? * 1000 MICROSECOND, errno = ?';
  await dataSource.query(statement, [milliseconds, code]);
}

async function logIn(app: RunningApp, count: number): Promise<string[]> {
  const logins = await Promise.all(Array.from({ length: count }, () => app.login(newSubject())));
  return logins.map(({ refreshToken }) => refreshToken);
}

/** @returns the statuses of the answers, each once */
async function refreshAll(app: RunningApp, tokens: string[]): Promise<number[]> {
  const answers = await Promise.all(tokens.map((token) => app.http.refresh(token)));
  return [...new Set(answers.map(({ status }) => status))];
}
