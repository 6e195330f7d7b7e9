import { Logger } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ThrottlerModule, type ThrottlerStorage } from '@nestjs/throttler';
import type { JwtRefreshModuleOptions } from 'nestjs-jwt-refresh';
import { FakeClock, type TestAppOptions } from 'nestjs-jwt-refresh/testing';
import { BrowserClient } from '../support/browser-client';
import type { Answer } from '../support/http';
import { LoginController } from '../support/login.controller';
import { sendOAuth } from '../support/oauth';
import { describeOnEveryAdapter, newSubject, type RunningApp, type Stack } from '../support/stack';

const JUNK = 'jrt_junk';
const LIMITS = { invalidTokens: { limit: 3, per: '1m' }, refreshes: { limit: 3, per: '1m' } } as const;

type Options = Partial<JwtRefreshModuleOptions>;

/** What a host's storage does, with a time that obeys: counts, and blocks for a while beyond the limit. */
class FakeStorage implements ThrottlerStorage {
  private readonly counts = new Map<string, { hits: number; until: number; isBlocked: boolean }>();

  constructor(private readonly clock = new FakeClock()) {}

  increment(key: string, ttl: number, limit: number, blockDuration: number) {
    const now = this.clock.now();
    const found = this.counts.get(key);
    const count = found && found.until > now ? found : { hits: 0, until: now + ttl, isBlocked: false };
    this.counts.set(key, count);
    if (!count.isBlocked && ++count.hits > limit) Object.assign(count, { isBlocked: true, until: now + blockDuration });
    const seconds = Math.ceil((count.until - now) / 1000);
    return Promise.resolve({ totalHits: count.hits, timeToExpire: seconds, isBlocked: count.isBlocked, timeToBlockExpire: seconds });
  }
}

describeOnEveryAdapter('rate limits', (stack) => {
  const start = (options: Options = {}, more: TestAppOptions = {}, storage?: ThrottlerStorage): Promise<RunningApp> =>
    stack.start(
      { throttle: LIMITS, ...options },
      { imports: [ThrottlerModule.forRoot({ throttlers: [], storage })], controllers: [LoginController], ...more },
    );

  async function useUp(app: RunningApp, headers: Record<string, string> = {}): Promise<void> {
    for (let i = 0; i < 3; i++) expect((await app.http.refresh(JUNK, headers)).status).toBe(401);
  }

  describe('for tokens that are not valid, by address', () => {
    it('answer 429 with Retry-After beyond the limit, wherever the token is sent', async () => {
      const app = await start();
      await useUp(app);
      expectTooMany(await app.http.refresh(JUNK));
      expectTooMany(await app.http.logout(JUNK));
      expectTooMany(await app.http.post('/login/grant', { grant_type: 'refresh_token', refresh_token: JUNK }));
      expectTooMany(await app.http.post('/login/peek', { refresh_token: JUNK }));
    });

    it('count no access token, whose session may be ended by it again and again', async () => {
      const app = await start();
      const { accessToken } = await app.login(newSubject());
      app.clock.advance('1h');
      for (let i = 0; i < 5; i++) expect((await sendOAuth(app.http, 'revoke', { token: accessToken })).status).toBe(200);
      await useUp(app);
    });

    it("answer in OAuth's form at its routes", async () => {
      const app = await start();
      await useUp(app);
      for (const answer of [
        await sendOAuth(app.http, 'token', { grant_type: 'refresh_token', refresh_token: JUNK }),
        await sendOAuth(app.http, 'revoke', { token: JUNK }),
      ]) {
        expect(answer).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable', error_description: expect.any(String) } });
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
    });

    it('leave genuine tokens of the same address alone: a flood from behind it logs nobody out', async () => {
      const app = await start();
      const [first, second] = [await app.login(newSubject()), await app.login(newSubject())];
      await useUp(app);
      expectTooMany(await app.http.refresh(JUNK));
      expect((await app.http.refresh(first.refreshToken)).status).toBe(200);
      expect((await app.http.logout(second.refreshToken)).status).toBe(204);
    });

    it('come before the database and before the hook that knows old tokens', async () => {
      const adoptLegacyToken = jest.fn(() => null);
      const app = await start({ hooks: { adoptLegacyToken } });
      expect(
        await app.statements.during(async () => {
          await useUp(app);
          for (let i = 0; i < 20; i++) expectTooMany(await app.http.refresh(JUNK));
        }),
      ).toEqual([]);
      expect(adoptLegacyToken).toHaveBeenCalledTimes(3);
    });

    it('end when their time is over', async () => {
      const clock = new FakeClock();
      const app = await start({ clock }, {}, new FakeStorage(clock));
      await useUp(app);
      expectTooMany(await app.http.refresh(JUNK), 60);
      clock.advance(59);
      expectTooMany(await app.http.refresh(JUNK), 1);
      clock.advance(1);
      await useUp(app);
    });

    it('do not believe X-Forwarded-For: it neither gets round them nor uses up the limit of the address in it', async () => {
      const app = await start();
      for (let i = 0; i < 3; i++) expect((await app.http.refresh(JUNK, forwarded(`192.0.2.${i}`))).status).toBe(401);
      expectTooMany(await app.http.refresh(JUNK, forwarded('192.0.2.9')));

      const other = await start({}, behindProxy(stack));
      await useUp(other, forwarded('192.0.2.1'));
      // The proxy adds the address it sees; what the client wrote before it is not believed.
      expectTooMany(await other.http.refresh(JUNK, forwarded('198.51.100.77, 192.0.2.1')));
      expect((await other.http.refresh(JUNK, forwarded('192.0.2.1, 198.51.100.77'))).status).toBe(401);
    });

    it('take what a trusted proxy gives for no address as one and the same', async () => {
      const app = await start({}, behindProxy(stack));
      for (const text of ['unknown', 'x'.repeat(1000), '_hidden']) expect((await app.http.refresh(JUNK, forwarded(text))).status).toBe(401);
      expectTooMany(await app.http.refresh(JUNK, forwarded('another')));
    });

    it("do not count the host's own calls, which come from no address", async () => {
      const app = await start();
      for (let i = 0; i < 5; i++) await expect(app.jwtRefresh.refresh(JUNK)).rejects.toMatchObject({ code: 'refresh_token_invalid' });
    });
  });

  describe('for refreshes, by session', () => {
    it('answer 429 with Retry-After beyond the limit, change nothing, and leave other sessions alone', async () => {
      const clock = new FakeClock();
      const app = await start({ clock }, {}, new FakeStorage(clock));
      const subject = newSubject();
      let { refreshToken } = await app.login(subject);
      const other = await app.login(newSubject());
      for (let i = 0; i < 3; i++) refreshToken = tokenOf(await app.http.refresh(refreshToken));
      expectTooMany(await app.http.refresh(refreshToken), 60);
      expectTooMany(await sendOAuth(app.http, 'token', { grant_type: 'refresh_token', refresh_token: refreshToken }), 60);
      expect(await app.rows(subject)).toMatchObject([{ generation: 3, revokedAt: null }]);
      expect((await app.http.refresh(other.refreshToken)).status).toBe(200);

      clock.advance(60);
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
    });

    it('count a lost race once', async () => {
      const app = await start();
      const { refreshToken } = await app.login(newSubject());
      const answers = await Promise.all(Array.from({ length: 3 }, () => app.http.refresh(refreshToken)));
      expect(new Set(answers.map(tokenOf)).size).toBe(1);
    });

    it('hold up no retry inside the grace period: when the limit has passed it would be a reuse', async () => {
      const app = await start();
      const subject = newSubject();
      let { refreshToken } = await app.login(subject);
      let lost = refreshToken;
      for (let i = 0; i < 3; i++) [lost, refreshToken] = [refreshToken, tokenOf(await app.http.refresh(refreshToken))];
      for (let i = 0; i < 5; i++) expect(tokenOf(await app.http.refresh(lost))).toBe(refreshToken);
      expectTooMany(await app.http.refresh(refreshToken));
      expect(await app.rows(subject)).toMatchObject([{ generation: 3, revokedAt: null }]);
    });

    it('count a retry after the grace period, which stays one for a day', async () => {
      const app = await start({ refreshToken: { retryUntilConfirmed: true } });
      const { refreshToken: lost } = await app.login(newSubject());
      const successor = tokenOf(await app.http.refresh(lost));
      app.clock.advance('5m');
      for (let i = 0; i < 2; i++) expect(tokenOf(await app.http.refresh(lost))).toBe(successor);
      expectTooMany(await app.http.refresh(lost));
    });

    it('are not used up by guesses: a wrong token never locks a session', async () => {
      const app = await start();
      const { refreshToken } = await app.login(newSubject());
      const guess = refreshToken.slice(0, -4) + (refreshToken.endsWith('AAAA') ? 'BBBB' : 'AAAA');
      for (let i = 0; i < 50; i++) expect((await app.http.refresh(guess)).status).not.toBe(200);
      for (let i = 0; i < 3; i++) expect((await app.http.refresh(refreshToken)).status).toBe(200);
    });

    it('are not used up by refused tokens, and never hide a reuse', async () => {
      const app = await start();
      const subject = newSubject();
      const { refreshToken: stolen } = await app.login(subject);
      let current = stolen;
      for (let i = 0; i < 3; i++) current = tokenOf(await app.http.refresh(current));
      expectTooMany(await app.http.refresh(current));
      expect((await app.http.refresh(stolen)).body.code).toBe('refresh_token_reused');
      expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'reuse' }]);
      for (let i = 0; i < 5; i++) expect((await app.http.refresh(current)).body.code).toBe('refresh_token_revoked');
    });

    it('cost no browser its cookie', async () => {
      const app = await start({ transport: 'cookie' });
      const browser = new BrowserClient(app.http);
      await browser.post('/login', { username: newSubject() });
      for (let i = 0; i < 3; i++) await browser.refresh();
      const kept = new Map(browser.cookies);
      const answer = await browser.refresh();
      expectTooMany(answer);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(browser.cookies).toEqual(kept);
      expect((await browser.logout()).status).toBe(204);
    });
  });

  it('count on all nodes together where the storage does', async () => {
    const storage = new FakeStorage();
    const [a, b] = [await start({}, {}, storage), await start({}, {}, storage)];
    await useUp(a);
    expectTooMany(await b.http.refresh(JUNK));
  });

  it('let everybody in while the storage fails, and say so once', async () => {
    const app = await start({}, {}, { increment: () => Promise.reject(new RangeError('away')) });
    const { refreshToken } = await app.login(newSubject());
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    for (let i = 0; i < 5; i++) expect((await app.http.refresh(refreshToken)).status).toBe(200);
    expect((await app.http.refresh(JUNK)).status).toBe(401);
    expect(warn.mock.calls).toEqual([['The storage of ThrottlerModule fails, so nothing is limited: RangeError']]);
    warn.mockRestore();
  });

  it.each<[string, Options, TestAppOptions]>([
    ['without ThrottlerModule', { throttle: undefined }, { imports: [] }],
    ['with throttle: false', { throttle: false }, {}],
  ])('are none %s', async (_, options, more) => {
    const app = await start(options, more);
    for (let i = 0; i < 120; i++) expect((await app.http.refresh(JUNK)).status).toBe(401);
  });

  it('are usual ones where there is a ThrottlerModule and no option', async () => {
    const app = await start({ throttle: undefined });
    for (let i = 0; i < 100; i++) expect((await app.http.refresh(JUNK)).status).toBe(401);
    expectTooMany(await app.http.refresh(JUNK));
  });
});

function expectTooMany({ status, body, headers }: Answer, seconds?: number): void {
  expect(status).toBe(429);
  if (!('error_description' in body)) expect(body).toMatchObject({ statusCode: 429, error: 'Too Many Requests', code: 'too_many_requests' });
  const retryAfter = headers.get('retry-after');
  expect(retryAfter).toMatch(/^[1-9]\d*$/);
  if (seconds !== undefined) expect(Number(retryAfter)).toBe(seconds);
}

const tokenOf = ({ body }: Answer): string => body.refresh_token;
const forwarded = (value: string) => ({ 'X-Forwarded-For': value });

/** One proxy is trusted, and its word is the last. */
function behindProxy({ adapter }: Stack): TestAppOptions {
  if (adapter === 'fastify') return { adapter: new FastifyAdapter({ trustProxy: '127.0.0.1' }) };
  return { configure: (app) => void (app as NestExpressApplication).set('trust proxy', 'loopback') };
}
