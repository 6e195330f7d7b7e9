import { type LoggerService, UnauthorizedException } from '@nestjs/common';
import fc from 'fast-check';
import { sign as signJwt, verify as verifyJwt } from 'jsonwebtoken';
import { createHash, generateKeyPairSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { JwtRefreshError, JwtRefreshEvents, type JwtRefreshOptions, type LegacySession } from 'nestjs-jwt-refresh';
import { FakeClock, signTestToken } from 'nestjs-jwt-refresh/testing';
import { derivedId, firstIdOf } from '../../src/ids';
import { RefreshTokenStore } from '../../src/sessions/refresh-token.store';
import { type Answer, bearer } from '../support/http';
import { LoginController } from '../support/login.controller';
import { describeOnEveryAdapter, describeOnEveryDatabase, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const OLD_SECRET = randomBytes(48).toString('base64');
const SECRET = randomBytes(48).toString('base64');
const DAY = 86_400;
const clock = new FakeClock();
const seconds = () => Math.floor(clock.now() / 1000);

/** A stateless refresh JWT, as hand-written code signs it. */
const oldToken = (sub: string, claims: object = {}): string =>
  signJwt({ sub, type: 'refresh', iat: seconds() - DAY, exp: seconds() + 6 * DAY, jti: randomBytes(8).toString('hex'), ...claims }, OLD_SECRET);

/** The hook of docs/from-hand-written.md. */
function adoptLegacyToken(token: string): LegacySession | null {
  try {
    const claims = verifyJwt(token, OLD_SECRET, { algorithms: ['HS256'], clockTimestamp: seconds() }) as Record<string, string & number>;
    if (claims.type !== 'refresh') return null;
    return { subject: claims.sub!, issuedAt: new Date(claims.iat! * 1000) };
  } catch {
    return null;
  }
}

const withHooks = (hooks: JwtRefreshOptions['hooks'], more: Partial<JwtRefreshOptions> = {}) => ({ secret: SECRET, clock, hooks, ...more });
const outcome = ({ status, body }: Answer) => (status === 200 ? 200 : `${status} ${body.code}`);
const INVALID = '401 refresh_token_invalid';

describeOnEveryStack('a stateless refresh JWT of the old system', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start(withHooks({ adoptLegacyToken }));
  });
  beforeEach(() => {
    subject = newSubject();
  });

  /** The first words of what was sent since there were so many statements, but for lines of the audit log, which come when they come. */
  const onSessions = (start: number): string[] => {
    const sent = app.statements.since(start).filter(({ sql }) => !sql.includes('refresh_token_events'));
    return sent.map(({ sql }) => sql.split(' ', 1)[0]!);
  };

  it('is exchanged for the first tokens of a session, and refused the second time', async () => {
    const token = oldToken(subject);
    const first = await app.http.refresh(token, { 'User-Agent': 'curl/8.5.0' });
    expect(first).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 1800, refresh_expires_in: 14 * DAY } });
    expect((await app.http.get('/me', bearer(first.body.access_token))).body).toMatchObject({ sub: subject, gen: 0 });
    expect(outcome(await app.http.refresh(token))).toBe(INVALID);
    const second = await app.http.refresh(first.body.refresh_token);
    expect(outcome(second)).toBe(200);
    expect(outcome(await app.http.refresh(token))).toBe(INVALID);
    expect(outcome(await app.http.refresh(second.body.refresh_token))).toBe(200);
  });

  it('is exchanged too when the limit of sessions can not be looked at: it could not be brought again', async () => {
    const limited = await stack.start(withHooks({ adoptLegacyToken }, { maxSessionsPerSubject: 1 }), { configure: (host) => host.useLogger(false) });
    jest.spyOn(limited.app.get(RefreshTokenStore), 'findLive').mockRejectedValueOnce(new JwtRefreshError('temporarily_unavailable'));
    const { status, body } = await limited.http.refresh(oldToken(subject));
    expect(status).toBe(200);
    expect(outcome(await limited.http.refresh(body.refresh_token))).toBe(200);
  });

  it('begins a session that is as old as the login, and was used now', async () => {
    const login = seconds() - 80 * DAY;
    await app.http.refresh(oldToken(subject, { iat: login }), { 'User-Agent': 'curl/8.5.0' });
    const [row] = await app.rows(subject);
    expect(row).toMatchObject({
      createdAt: new Date(login * 1000),
      endsAt: new Date((login + 90 * DAY) * 1000),
      expiresAt: new Date((login + 90 * DAY) * 1000),
      lastUsed: new Date(clock.now()),
      generation: 0,
      lifetime: 14 * DAY,
      deviceInfo: { userAgent: 'curl/8.5.0' },
    });
    expect(row!.id.slice(0, 13)).toBe(firstIdOf(login * 1000).slice(0, 13));
  });

  it('leaves a line in the audit log that tells where the session came from, and nothing for a replay', async () => {
    const token = oldToken(subject);
    await app.http.refresh(token);
    await app.http.refresh(token);
    expect(await app.audit(subject)).toMatchObject([{ type: 'refresh_token.issued', reason: 'adopted', actor: null, ip: '127.0.0.1' }]);
  });

  it('is refused past its own expiry, with another secret, and when it is an access token of the old system', async () => {
    const forged = signJwt({ sub: subject, type: 'refresh', iat: seconds() }, randomBytes(48).toString('base64'));
    for (const token of [oldToken(subject, { exp: seconds() }), oldToken(subject, { type: 'access' }), forged]) {
      expect(outcome(await app.http.refresh(token))).toBe(INVALID);
    }
    expect(await app.rows(subject)).toEqual([]);
  });

  it('is expired when the login is longer ago than the absolute lifetime', async () => {
    const token = (age: number) => oldToken(subject, { iat: seconds() - age });
    expect(outcome(await app.http.refresh(token(90 * DAY)))).toBe('401 refresh_token_expired');
    expect(outcome(await app.http.refresh(token(90 * DAY - 1)))).toBe(200);
  });

  it('is refused after a restart, and after the server secret was changed', async () => {
    const token = oldToken(subject);
    expect(outcome(await app.http.refresh(token))).toBe(200);
    const restarted = await stack.start(withHooks({ adoptLegacyToken }));
    expect(outcome(await restarted.http.refresh(token))).toBe(INVALID);
    const changed = await stack.start(withHooks({ adoptLegacyToken }, { secret: [{ id: 'new', value: randomBytes(48).toString('base64') }] }));
    expect(outcome(await changed.http.refresh(token))).toBe(INVALID);
    expect(await app.rows(subject)).toHaveLength(1);
  });

  it('is refused again when its session was ended', async () => {
    const token = oldToken(subject);
    const { body } = await app.http.refresh(token);
    await app.http.logout(body.refresh_token);
    expect(outcome(await app.http.refresh(token))).toBe(INVALID);
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout' }]);
  });

  it('is spent by a logout: it can never be exchanged again', async () => {
    const token = oldToken(subject);
    expect((await app.http.logout(token)).status).toBe(204);
    expect((await app.http.logout(token)).status).toBe(204);
    expect(outcome(await app.http.refresh(token))).toBe(INVALID);
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'logout', revokedBy: subject }]);
    expect(await app.audit(subject)).toMatchObject([{ type: 'refresh_token.revoked', reason: 'logout', actor: subject }]);
  });

  it("stays good when somebody else's access token comes to the logout with it", async () => {
    const token = oldToken(subject);
    const { accessToken } = await app.login(newSubject());
    expect((await app.http.logout(token, bearer(accessToken))).status).toBe(204);
    expect(outcome(await app.http.refresh(token))).toBe(200);
  });

  it('stays good while the database is away: 503, and afterwards it is exchanged', async () => {
    const token = oldToken(subject);
    const rename = (from: string, to: string) => app.dataSource.query(`ALTER TABLE ${from} RENAME TO ${to}`);
    await rename('refresh_tokens', 'refresh_tokens_away');
    const answer = await app.http.refresh(token).finally(() => rename('refresh_tokens_away', 'refresh_tokens'));
    expect(outcome(answer)).toBe('503 temporarily_unavailable');
    expect(outcome(await app.http.refresh(token))).toBe(200);
  });

  it('costs one INSERT at a logout, so that no failure leaves a live session that nobody was given', async () => {
    const token = oldToken(subject);
    const start = app.statements.entries.length;
    await app.http.logout(token);
    expect(onSessions(start)).toEqual(['INSERT']);
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedReason: 'logout', revokedBy: subject }]);
    expect((await app.audit(subject)).map(({ type }) => type)).toEqual(['refresh_token.revoked']);
    expect(outcome(await app.http.refresh(token))).toBe(INVALID);
  });

  it('costs one INSERT, its replay too, and junk asks no database', async () => {
    const token = oldToken(subject);
    expect(await app.statements.during(() => app.http.refresh(token))).toEqual(expect.arrayContaining(['INSERT']));
    const start = app.statements.entries.length;
    await app.http.refresh(token);
    expect(onSessions(start)).toEqual(['INSERT']);
    expect(await app.statements.during(() => app.http.refresh('junk'))).toEqual([]);
    expect(await app.statements.during(() => app.http.refresh(`${token}x`))).toEqual([]);
  });
});

describeOnEveryDatabase('two nodes and one legacy token', (stack) => {
  it('let exactly one of many simultaneous presentations through', async () => {
    const nodes = [await stack.start(withHooks({ adoptLegacyToken })), await stack.start(withHooks({ adoptLegacyToken }))];
    for (let round = 0; round < 20; round++) {
      const subject = newSubject();
      const token = oldToken(subject);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => nodes[i % 2]!.http.refresh(token)));
      expect(answers.map(outcome).sort()).toEqual([200, ...Array<string>(9).fill(INVALID)]);
      const winner = answers.find(({ status }) => status === 200)!;
      expect(outcome(await nodes[0]!.http.refresh(winner.body.refresh_token))).toBe(200);
      expect(await nodes[1]!.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
    }
  });

  it('let either the logout or the refresh through, never a live session that nobody was given', async () => {
    const app = await stack.start(withHooks({ adoptLegacyToken }));
    for (let round = 0; round < 20; round++) {
      const subject = newSubject();
      const token = oldToken(subject);
      const [refreshed] = await Promise.all([app.http.refresh(token), app.http.logout(token)]);
      const [row] = await app.rows(subject);
      expect(outcome(refreshed)).toBe(row!.revokedAt ? INVALID : 200);
    }
  });
});

describeOnEveryAdapter('the hook adoptLegacyToken', (stack) => {
  let subject: string;

  beforeEach(() => {
    subject = newSubject();
  });

  const start = (hook: NonNullable<JwtRefreshOptions['hooks']>['adoptLegacyToken'], more: Partial<JwtRefreshOptions> = {}, log: string[] = []) =>
    stack.start(withHooks({ ...more.hooks, adoptLegacyToken: hook }, { ...more, hooks: { ...more.hooks, adoptLegacyToken: hook } }), {
      configure: (host) => host.useLogger(loggerInto(log)),
    });
  const session = (more: Partial<LegacySession> = {}): LegacySession => ({ subject, issuedAt: new Date(clock.now() - 1000), ...more });

  it('sees what this module did not make, and the request', async () => {
    const seen: unknown[] = [];
    const app = await start((token, request) => {
      seen.push([token, (request as { headers: Record<string, string> }).headers['x-trace']]);
      return null;
    });
    const { accessToken, refreshToken } = await app.login(subject);
    const long = 'x'.repeat(8192);
    const tokens = ['junk', `${refreshToken}A`, long, refreshToken, accessToken, `${long}x`];
    for (const token of tokens) await app.http.refresh(token, { 'X-Trace': '42' });
    expect(seen).toEqual([['junk', '42'], [`${refreshToken}A`, '42'], [long, '42']]); // prettier-ignore
  });

  it('is never shown an access token, also when the old system had the same secret', async () => {
    const app = await start((token) => {
      const { sub } = verifyJwt(token, SECRET, { ignoreExpiration: true, ignoreNotBefore: true }) as { sub: string };
      return session({ subject: sub });
    });
    const live = await app.login(subject);
    const expired = await signTestToken(app.app, { sub: subject, iat: seconds() - DAY, nbf: seconds() - DAY, exp: seconds() - DAY + 1800 });
    for (const token of [live.accessToken, expired]) expect(outcome(await app.http.refresh(token))).toBe(INVALID);
    expect(await app.rows(subject)).toHaveLength(1);
  });

  it('gives the session its audience, claims, name and lifetime', async () => {
    const app = await start(() => session({ audience: 'mobile', content: { role: 'admin' }, label: 'Phone', lifetime: '7d' }));
    const { body } = await app.http.refresh('old');
    expect(body.refresh_expires_in).toBe(7 * DAY);
    expect((await app.http.get('/mobile', bearer(body.access_token))).body).toEqual({ aud: 'mobile' });
    expect(await app.rows(subject)).toMatchObject([{ audience: 'mobile', content: { role: 'admin' }, label: 'Phone', lifetime: 7 * DAY }]);
  });

  it('may be slow, and may answer at once', async () => {
    let release!: (answer: LegacySession) => void;
    const answer = new Promise<LegacySession>((resolve) => (release = resolve));
    const app = await start(() => answer);
    const waiting = [app.http.refresh('old'), app.http.refresh('old')];
    const { refreshToken } = await app.login(newSubject());
    expect(outcome(await app.http.refresh(refreshToken))).toBe(200);
    release(session());
    expect((await Promise.all(waiting)).map(outcome).sort()).toEqual([200, INVALID]);
  });

  it.each<[string, () => unknown]>([
    ['throws', () => raise(new Error('the old token is secret-token'))],
    ['rejects', () => Promise.reject(new Error('secret-token'))],
    ['answers no Date', () => ({ ...session(), issuedAt: '2026-01-01' })],
    ['answers an invalid Date', () => session({ issuedAt: new Date(NaN) })],
    ['answers an instant in the future', () => session({ issuedAt: new Date(clock.now() + 1) })],
    ['answers an instant before 1970', () => session({ issuedAt: new Date(-1) })],
    ['answers no subject', () => ({ issuedAt: new Date(0) })],
    ['answers a number as subject', () => ({ ...session(), subject: 7 })],
    ['answers registered claims', () => session({ content: { sub: 'root' } })],
    ['answers a lifetime that is too long', () => session({ lifetime: '1y' })],
    ['answers an empty tokenId', () => session({ tokenId: '' })],
    ['answers true', () => true],
  ])('that %s is a failure: 503, logged without the token, and the token stays good', async (_, hook) => {
    const log: string[] = [];
    let behaviour = hook;
    const app = await start(() => behaviour() as LegacySession, {}, log);
    const failed = await app.http.refresh('secret-token');
    expect(outcome(failed)).toBe('503 temporarily_unavailable');
    expect(failed.headers.get('retry-after')).toBe('1');
    expect(log).toEqual([expect.stringMatching(/^error: The hook adoptLegacyToken failed: (Type)?Error$/)]);
    behaviour = session;
    expect(outcome(await app.http.refresh('secret-token'))).toBe(200);
  });

  it('refuses with an HttpException of its own', async () => {
    const app = await start(() => raise(new UnauthorizedException('Please log in again after the move.')));
    expect(await app.http.refresh('old')).toMatchObject({ status: 401, body: { message: 'Please log in again after the move.' } });
  });

  it('is followed by resolveSubject and responseMembers, whose refusal or failure spends nothing', async () => {
    let answer: null | undefined | { role: string } = null;
    let members: () => object = () => ({ userId: 7 });
    const app = await start(() => session(), { hooks: { resolveSubject: () => answer, responseMembers: () => members() as never } });
    expect(outcome(await app.http.refresh('old'))).toBe(INVALID);
    answer = { role: 'editor' };
    members = () => raise(new Error('no'));
    expect(outcome(await app.http.refresh('old'))).toBe('503 temporarily_unavailable');
    members = () => ({ userId: 7 });
    const { body } = await app.http.refresh('old');
    expect(body.userId).toBe(7);
    expect((await app.http.get('/me', bearer(body.access_token))).body.role).toBe('editor');
  });

  it('counts towards maxSessionsPerSubject, and the session adopted last is the one used last', async () => {
    const app = await start((token) => session({ issuedAt: new Date(clock.now() - Number(token) * DAY * 1000) }), { maxSessionsPerSubject: 2 });
    const oldest = await app.login(subject);
    clock.advance(1);
    await app.login(subject);
    clock.advance(1);
    expect(outcome(await app.http.refresh('60'))).toBe(200);
    const ended = (await app.rows(subject)).filter(({ revokedReason }) => revokedReason === 'session_limit');
    expect(ended.map(({ id }) => id)).toEqual([oldest.sessionId]);
  });

  it.each(['allow-expired', 'require'] as const)("needs no access token with accessTokenOnRefresh '%s', for none could be bound", async (mode) => {
    const app = await start(() => session(), { accessTokenOnRefresh: mode });
    expect(outcome(await app.http.refresh('old'))).toBe(200);
    expect(outcome(await app.http.refresh('old'))).toBe(INVALID);
  });

  it('does not help when a genuine access token of another session comes along', async () => {
    const app = await start(() => session());
    const { accessToken } = await app.login(newSubject());
    expect(outcome(await app.http.refresh('old', bearer(accessToken)))).toBe('401 access_token_invalid');
    expect(outcome(await app.http.refresh('old', bearer('the-old-access-token')))).toBe(200);
  });

  it('leaves the cookie alone when the race for it was lost, and clears it for a token that nobody knows', async () => {
    const app = await start((token) => (token === 'old' ? session() : null), { transport: 'cookie', cookie: { origins: [] } });
    const send = (token: string) =>
      app.http.post('/auth/jwt-refresh', {}, { Cookie: `__Host-refresh_token=${token}`, 'X-Requested-With': 'x', 'Sec-Fetch-Site': 'same-origin' });
    expect((await send('old')).headers.get('set-cookie')).toMatch(/^__Host-refresh_token=jrt_/);
    expect(await send('old').then((answer) => [outcome(answer), answer.headers.get('set-cookie')])).toEqual([INVALID, null]);
    expect((await send('junk')).headers.get('set-cookie')).toMatch(/^__Host-refresh_token=;/);
  });

  it('is refused by JwtRefreshGuard, which leaves the cookie to the next refresh', async () => {
    const hook = (token: string) => (token === 'old' ? session() : null);
    const app = await stack.start(withHooks({ adoptLegacyToken: hook }, { transport: 'cookie' }), { controllers: [LoginController] });
    const headers = { Cookie: '__Host-refresh_token=old', 'X-Requested-With': 'x', 'Sec-Fetch-Site': 'same-origin' };
    const guarded = await app.http.post('/login/peek', {}, headers);
    expect([outcome(guarded), guarded.headers.get('set-cookie')]).toEqual([INVALID, null]);
    expect(outcome(await app.http.post('/auth/jwt-refresh', {}, headers))).toBe(200);
  });

  it('adopts through JwtRefreshService.refresh() too', async () => {
    const app = await start(() => session());
    expect(await app.jwtRefresh.refresh('old')).toMatchObject({ sessionId: (await app.rows(subject))[0]!.id });
    await expect(app.jwtRefresh.refresh('old')).rejects.toMatchObject({ code: 'refresh_token_invalid' });
  });

  it('takes a token once however its signature is spelt', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const app = await start((token) => {
      try {
        const { sub, iat } = verifyJwt(token, publicKey, { algorithms: ['RS256'] }) as { sub: string; iat: number };
        return { subject: sub, issuedAt: new Date(iat * 1000) };
      } catch {
        return null;
      }
    });
    const token = signJwt({ sub: subject, iat: seconds() }, privateKey, { algorithm: 'RS256' });
    const respelt = respell(token);
    expect(() => verifyJwt(respelt, publicKey)).not.toThrow();
    expect(outcome(await app.http.refresh(token))).toBe(200);
    expect(outcome(await app.http.refresh(respelt))).toBe(INVALID);
  });
});

/** What popular boilerplates keep: one hash of the refresh token in the user's row. It reads 72 bytes, as bcrypt does. */
const hashOf = (token: string) => createHash('sha256').update(Buffer.from(token).subarray(0, 72)).digest('hex');
const compare = (token: string, hash: string) => timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(hash));

describeOnEveryAdapter('a hash column of the users table', (stack) => {
  const SWITCHED = new Date(clock.now() - 2 * DAY * 1000);
  const users = new Map<string, { refreshTokenHash: string | null }>();
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start(withHooks({ adoptLegacyToken: byColumn }));
  });
  beforeEach(() => {
    subject = newSubject();
  });

  /** The hook of docs/from-hand-written.md. */
  function byColumn(token: string): LegacySession | null {
    const hash = users.get(adoptLegacyToken(token)?.subject ?? '')?.refreshTokenHash;
    return hash && compare(token, hash) ? { subject: adoptLegacyToken(token)!.subject, issuedAt: SWITCHED, tokenId: hash } : null;
  }

  it('lets its token in once, and may be cleared when the session has begun', async () => {
    const stop = app.app.get(JwtRefreshEvents).on('refresh_token.issued', ({ reason, subject: id }) => {
      if (reason === 'adopted') users.set(id, { refreshTokenHash: null });
    });
    const token = oldToken(subject);
    users.set(subject, { refreshTokenHash: hashOf(token) });
    const answers = await Promise.all([app.http.refresh(token), app.http.refresh(token)]);
    stop();
    expect(answers.map(outcome).sort()).toEqual([200, INVALID]);
    expect(users.get(subject)).toEqual({ refreshTokenHash: null });
    expect(outcome(await app.http.refresh(token))).toBe(INVALID);
  });

  it('lets in no second token that bcrypt can not tell from it, not even one of another login', async () => {
    const [first, second] = [oldToken(subject), oldToken(subject, { iat: seconds() - 5 * DAY })];
    users.set(subject, { refreshTokenHash: hashOf(first) });
    expect(compare(second, hashOf(first))).toBe(true);
    expect(outcome(await app.http.refresh(second))).toBe(200);
    expect(outcome(await app.http.refresh(first))).toBe(INVALID);
  });
});

describeOnEveryAdapter('a table of old sessions', (stack) => {
  it('begins one session for each row, whichever of its tokens comes', async () => {
    const rows = new Map<string, { id: number; userId: string; createdAt: Date }>();
    const app = await stack.start(
      withHooks({
        adoptLegacyToken: (token) => {
          const row = rows.get(token);
          return row ? { subject: row.userId, issuedAt: row.createdAt, tokenId: String(row.id) } : null;
        },
      }),
    );
    const [mine, other] = [newSubject(), newSubject()];
    const createdAt = new Date(clock.now() - 1000);
    rows.set('one', { id: 7, userId: mine, createdAt }).set('two', { id: 7, userId: mine, createdAt });
    rows.set('three', { id: 8, userId: mine, createdAt }).set('four', { id: 7, userId: other, createdAt });
    const answers = [];
    for (const token of rows.keys()) answers.push(outcome(await app.http.refresh(token)));
    expect(answers).toEqual([200, INVALID, 200, 200]);
  });
});

describe('the id of an adopted session', () => {
  it('is a UUID v7 of its instant, and the same for the same token', () => {
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 2 }), digest, (time, bytes) => {
        const id = derivedId(time, bytes);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(id >= firstIdOf(time) && id < firstIdOf(time + 1)).toBe(true);
        expect(derivedId(time, Buffer.from(bytes))).toBe(id);
      }),
    );
  });

  it('takes 74 bits from the digest', () => {
    const differing = Array.from({ length: 256 }, (_, bit) => {
      const digest = Buffer.alloc(32);
      digest[bit >> 3]! ^= 1 << (bit & 7);
      return derivedId(0, digest);
    });
    expect(new Set(differing).size - 1).toBe(74);
  });
});

/** The same RS256 signature, written with other spare bits: Node reads both. */
function respell(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1];
}

function raise(error: unknown): never {
  throw error;
}

/** Nest's logger, as lines like `error: …`. */
function loggerInto(lines: string[]): LoggerService {
  const write = (level: string) => (message: unknown) => void lines.push(`${level}: ${String(message)}`);
  return { log: () => undefined, warn: write('warn'), error: write('error'), fatal: write('fatal') };
}
