import { Redis } from 'ioredis';
import { type JwtRefreshModuleOptions, JwtRefreshService, RefreshToken, type TokenPair } from 'nestjs-jwt-refresh';
import { RevocationFeed } from '../../src/revocation/revocation-feed';
import { newId } from '../../src/ids';
import { AdminClient, ADMINISTRATORS } from '../support/admin-client';
import { databaseKinds } from '../support/databases';
import { bearer, type Answer } from '../support/http';
import { insertRows } from '../support/insert-rows';
import { describeOnEveryDatabase, newSubject, type RunningApp, Stack } from '../support/stack';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const outcome = ({ status, body }: Answer): string => [status, body.code].filter(Boolean).join(' ');
/** What one statement of the feed brings. */
const PAGE = 5000;
const REVOKED = '401 access_token_revoked';
const secret = 'the secret of all nodes of these tests, 48 bytes!';

describeOnEveryDatabase('a bounded session check', (stack) => {
  let here: RunningApp;
  let there: RunningApp;
  let session: TokenPair;

  beforeAll(async () => {
    here = await stack.start({ secret, admin: ADMINISTRATORS });
    there = await stack.start({ secret, clock: here.clock });
  });
  beforeEach(async () => (session = await here.login(newSubject())));

  const feedOf = (app: RunningApp) => app.app.get(RevocationFeed);
  const ask = async (app: RunningApp, { accessToken }: Pick<TokenPair, 'accessToken'> = session) =>
    outcome(await app.http.get('/me', bearer(accessToken)));

  it('is the usual one, and asks no database', async () => {
    expect(await here.statements.during(async () => expect(await ask(here)).toBe('200'))).toEqual([]);
  });

  it.each<[string, (pair: TokenPair) => Promise<unknown>]>([
    ['a logout', ({ refreshToken }) => here.http.logout(refreshToken)],
    [
      'a logout that comes second',
      async ({ refreshToken }) => {
        await there.http.logout(refreshToken);
        // Its line in the log is no statement of a request's.
        await there.audit('nobody');
        await here.http.logout(refreshToken);
      },
    ],
    ['a logout everywhere', ({ accessToken }) => here.http.logout('all', bearer(accessToken))],
    ['a call of the service', ({ sessionId }) => here.jwtRefresh.revokeFamily(sessionId, 'test')],
    ['an administrator', async ({ sessionId }) => (await AdminClient.signIn(here)).delete(`/${sessionId}`)],
    [
      'a reuse',
      async ({ refreshToken }) => {
        await here.http.refresh(refreshToken);
        here.clock.advance(31);
        await here.http.refresh(refreshToken);
      },
    ],
  ])('knows of %s at once on the node that did it, and by the next look on the others', async (_, revoke) => {
    await revoke(session);
    expect(await ask(here)).toBe(REVOKED);
    await feedOf(there).look();
    expect(await there.statements.during(async () => expect(await ask(there)).toBe(REVOKED))).toEqual([]);
  });

  it('ends a session on every other node within the interval and a half, whatever they are asked meanwhile', async () => {
    for (let trial = 0; trial < 3; trial++) {
      const { accessToken, refreshToken } = await here.login(newSubject());
      expect(outcome(await there.http.get('/me', bearer(accessToken)))).toBe('200');
      await here.http.logout(refreshToken);
      const ended = performance.now();
      await until(async () => outcome(await there.http.get('/me', bearer(accessToken))) === REVOKED);
      // The bound, and what a busy machine may add to it.
      expect(performance.now() - ended).toBeLessThan(1500 + 1000);
    }
  });

  it('knows after a restart what was revoked before, while an access token could live', async () => {
    await here.http.logout(session.refreshToken);
    here.clock.advance('29m');
    const restarted = await stack.start({ secret, clock: here.clock });
    expect(await restarted.statements.during(async () => expect(await ask(restarted)).toBe(REVOKED))).toEqual([]);
    await restarted.close();
  });

  it('is told everything by a look, also pages of sessions that ended in one moment', async () => {
    const subject = newSubject();
    const first = await here.login(subject);
    const [row] = await here.rows(subject);
    const rows = Array.from({ length: 2 * PAGE }, () => Object.assign(new RefreshToken(), row, { id: newId(here.clock.now()) }));
    await insertRows(here, RefreshToken, rows);
    const last = await here.login(subject);
    await here.jwtRefresh.revokeAll(subject);
    await feedOf(there).look();
    for (const pair of [first, last]) expect(await ask(there, pair)).toBe(REVOKED);
    expect(rows.filter(({ id }) => !feedOf(there).has(id))).toEqual([]);
  });

  it('finds a revocation that was committed seconds after its time', async () => {
    here.clock.advance(-9);
    await here.http.logout(session.refreshToken);
    here.clock.advance(9);
    await feedOf(there).look();
    expect(await ask(there)).toBe(REVOKED);
  });

  it('finds within a minute one that was committed long after its time', async () => {
    const behind = await stack.start({ secret });
    behind.clock.advanceMilliseconds(here.clock.now() - 30_000 - behind.clock.now());
    await behind.http.logout(session.refreshToken);
    await feedOf(there).look();
    expect(feedOf(there).has(session.sessionId)).toBe(false);
    // As if the last look at everything were long ago. The steady clock is the process's own, so nothing moves it for one node alone.
    Object.assign(feedOf(there), { wholeLookAt: -Infinity });
    await until(() => feedOf(there).has(session.sessionId));
    expect(await ask(there)).toBe(REVOKED);
  });

  it('forgets a family when no access token of it can live', async () => {
    await here.http.logout(session.refreshToken);
    expect(feedOf(here).has(session.sessionId)).toBe(true);
    here.clock.advance('31m');
    await feedOf(here).look();
    expect(feedOf(here).has(session.sessionId)).toBe(false);
    expect(await ask(here)).toBe('401 access_token_expired');
  });

  it('remembers a family while a token of it can live that was made by a clock as far ahead as is allowed', async () => {
    const accessToken = { notBeforeLeeway: 120 };
    const node = await stack.start({ secret, accessToken, clock: here.clock });
    const ahead = await stack.start({ secret, accessToken });
    ahead.clock.advanceMilliseconds(here.clock.now() + 110_000 - ahead.clock.now());
    const pair = await ahead.login(newSubject());
    expect(await ask(node, pair)).toBe('200');
    await node.http.logout(pair.refreshToken);
    const answers = new Set<string>();
    for (let minute = 0; minute < 35; minute++) {
      await feedOf(node).look();
      answers.add(await ask(node, pair));
      here.clock.advance('1m');
    }
    expect([...answers].sort()).toEqual(['401 access_token_expired', REVOKED]);
    await Promise.all([node.close(), ahead.close()]);
  });

  it('sees the clock set back: what was forgotten is known again', async () => {
    await here.http.logout(session.refreshToken);
    await feedOf(there).look();
    here.clock.advance('2h');
    await feedOf(there).look();
    here.clock.advance('-2h');
    await feedOf(there).look();
    expect(await ask(there)).toBe(REVOKED);
  });

  it('leaves sessions of others alone', async () => {
    const other = await here.login(newSubject());
    await here.http.logout(session.refreshToken);
    expect(await ask(here, other)).toBe('200');
  });

  it('is what a route says with @SessionCheck(), whatever the option is', async () => {
    const strict = await stack.start({ secret, revocation: { check: 'strict' }, clock: here.clock });
    const bounded = () => strict.statements.during(() => strict.http.get('/bounded', bearer(session.accessToken)));
    await bounded();
    await until(() => feedOf(strict).status.fresh);
    expect(await bounded()).toEqual([]);
    expect(await strict.statements.during(() => strict.http.get('/me', bearer(session.accessToken)))).toEqual(['SELECT']);
    await strict.close();
  });

  it('remembers nothing where no route asks for it, so that it need not forget', async () => {
    const strict = await stack.start({ secret, revocation: { check: 'strict' }, clock: here.clock });
    await strict.http.logout(session.refreshToken);
    expect(feedOf(strict).status).toEqual({ lagMs: null, fresh: false, families: 0 });
    await strict.close();
  });

  it('is waylaid by no clock that is ahead: what that one has revoked is dead here, and holds up no forgetting', async () => {
    await here.dataSource.getRepository(RefreshToken).update({ id: session.sessionId }, { revokedAt: new Date(here.clock.now() + 31_536_000_000) });
    await feedOf(here).look();
    expect(await ask(here)).toBe(REVOKED);
    const other = await here.login(newSubject());
    await here.http.logout(other.refreshToken);
    here.clock.advance('31m');
    await feedOf(here).look();
    expect(feedOf(here).has(other.sessionId)).toBe(false);
  });

  it('outlives every access token of a session that was revoked while its refresh was held up', async () => {
    const slow = await stack.start({
      secret,
      clock: here.clock,
      hooks: {
        responseMembers: async ({ id, generation }) => {
          if (generation > 0) await here.jwtRefresh.revokeFamily(id, 'test');
          if (generation > 0) here.clock.advance('5m');
          return {};
        },
      },
    });
    const first = await here.http.refresh(session.refreshToken);
    const { status, body } = await slow.http.refresh(session.refreshToken);
    expect(status).toBe(200);
    expect(body.refresh_token).toBe(first.body.refresh_token);
    const ends: boolean[] = [];
    for (let minute = 0; minute < 40; minute++) {
      await feedOf(here).look();
      ends.push((await ask(here, { accessToken: body.access_token as string })) === '200');
      here.clock.advance('1m');
    }
    expect(ends).toEqual(Array(40).fill(false));
    await slow.close();
  });

  it('tells how old its knowledge is', () => {
    const { lagMs, fresh, families } = here.app.get(JwtRefreshService).revocationFeed();
    expect(lagMs).toBeGreaterThanOrEqual(0);
    expect(fresh).toBe(true);
    expect(families).toBe(feedOf(here).status.families);
  });
});

for (const kind of databaseKinds.filter(({ name }) => name !== 'sqlite')) {
  describe(`a bounded session check without its database [${kind.name}]`, () => {
    it('reads the row when its knowledge is too old, says 503 when it can not, and is quick again afterwards', async () => {
      const scratch = await kind.create();
      const proxy = await TcpProxy.before(scratch.url);
      const stack = new Stack(kind, 'fastify');
      const app = await stack.start({}, {}, proxy.url);
      const { accessToken } = await app.login(newSubject());
      const ask = async () => outcome(await app.http.get('/me', bearer(accessToken)));
      const feed = app.app.get(RevocationFeed);
      proxy.cut();
      await until(() => !feed.status.fresh);
      expect(await ask()).toBe('503 temporarily_unavailable');
      proxy.restore();
      await until(() => feed.status.fresh);
      expect(await app.statements.during(async () => expect(await ask()).toBe('200'))).toEqual([]);
      await app.close();
      await proxy.close();
      await scratch.drop();
    });
  });
}

const redisUrl = process.env.TEST_REDIS_URL;
if (redisUrl) {
  describeOnEveryDatabase('a bounded session check with Redis', (stack) => {
    const start = async (redis: string): Promise<RunningApp> => {
      const client = new Redis(redis, { retryStrategy: () => 50, maxRetriesPerRequest: 1 });
      client.on('error', () => undefined);
      clients.push(client);
      const revocation: JwtRefreshModuleOptions['revocation'] = { redis: client, redisChannel: `test-${stack.url}`, pollInterval: 60 };
      return stack.start({ secret, revocation });
    };
    const clients: { disconnect(): void }[] = [];
    afterAll(() => clients.forEach((client) => client.disconnect()));

    it('hears of a revocation at once, long before it would look', async () => {
      const [here, there] = [await start(redisUrl), await start(redisUrl)];
      const pair = await here.login(newSubject());
      await until(async () => {
        await here.http.logout((await here.login(newSubject())).refreshToken);
        return there.app.get(RevocationFeed).status.families > 0;
      });
      await here.http.logout(pair.refreshToken);
      await until(() => there.app.get(RevocationFeed).has(pair.sessionId));
      expect(outcome(await there.http.get('/me', bearer(pair.accessToken)))).toBe(REVOKED);
    });

    it('finds it by its look when Redis is away, and hears again when it is back', async () => {
      const proxy = await TcpProxy.before(redisUrl);
      const [here, there] = [await start(proxy.url), await start(proxy.url)];
      const [first, second] = [await here.login(newSubject()), await here.login(newSubject())];
      proxy.cut();
      expect((await here.http.logout(first.refreshToken)).status).toBe(204);
      await there.app.get(RevocationFeed).look();
      expect(outcome(await there.http.get('/me', bearer(first.accessToken)))).toBe(REVOKED);
      proxy.restore();
      const known = there.app.get(RevocationFeed).status.families;
      await until(async () => {
        await here.http.logout((await here.login(newSubject())).refreshToken);
        return there.app.get(RevocationFeed).status.families > known;
      });
      await here.http.logout(second.refreshToken);
      await until(() => there.app.get(RevocationFeed).has(second.sessionId));
      await proxy.close();
    });

    it('takes nothing from the channel but ids and times', async () => {
      const app = await start(redisUrl);
      const stranger = new Redis(redisUrl);
      clients.push(stranger);
      const { sessionId, accessToken } = await app.login(newSubject());
      const known = app.app.get(RevocationFeed).status.families;
      const nonsense = ['', 'null', '7', '{}', '[[]]', '[["x",1]]', `[["${sessionId}"]]`, `[["${sessionId}","now"]]`, `["${sessionId}"]`, '[null]'];
      for (const message of nonsense) await stranger.publish(`test-${stack.url}`, message);
      const end = await app.login(newSubject());
      await until(async () => {
        await stranger.publish(`test-${stack.url}`, JSON.stringify([[end.sessionId, Number.MAX_VALUE]]));
        return app.app.get(RevocationFeed).has(end.sessionId);
      });
      expect(app.app.get(RevocationFeed).status.families).toBe(known + 1);
      expect(outcome(await app.http.get('/me', bearer(accessToken)))).toBe('200');
    });
  });
}
