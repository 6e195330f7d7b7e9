import { Body, Controller, Get, Injectable, Post, UseGuards } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/internal';
import {
  type AccessTokenClaims,
  CurrentSession,
  type CurrentSessionRef,
  CurrentUser,
  JwtAuthGuard,
  JwtRefreshGuard,
  OptionalAuth,
  Public,
  SessionCheck,
} from 'nestjs-jwt-refresh';
import { bearer } from '../support/http';
import { describeOnEveryAdapter, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

// The packages for GraphQL and WebSockets are not installed here: the guard must work without them.

/** Handlers of a GraphQL resolver or a WebSocket gateway; which one is for the context to say. */
@Injectable()
@UseGuards(JwtAuthGuard)
class Handlers {
  me(@CurrentUser() user: AccessTokenClaims, @CurrentUser('sub') sub: string, @CurrentSession() session: CurrentSessionRef): unknown {
    return { user, sub, session };
  }

  @SessionCheck('stateless')
  stateless(@CurrentUser('sub') sub: string): unknown {
    return { sub };
  }

  @OptionalAuth()
  optional(@CurrentUser('sub') sub?: string): unknown {
    return { sub: sub ?? null };
  }

  @Public()
  open(): unknown {
    return { open: true };
  }
}

/** One way a carrier of the token reaches the handlers. */
interface Way {
  title: string;
  type: 'graphql' | 'ws';
  /** The arguments Nest would call the handler with, for a given Authorization header. */
  args(authorization?: string): unknown[];
}

const headersOf = (authorization?: string) => (authorization === undefined ? {} : { authorization });
const tokenOf = (authorization?: string) => authorization?.replace(/^Bearer /, '');

const WAYS: Way[] = [
  { title: 'GraphQL with { req }', type: 'graphql', args: (authorization) => [{}, {}, { req: { headers: headersOf(authorization) } }, {}] },
  { title: 'GraphQL with { request }', type: 'graphql', args: (authorization) => [{}, {}, { request: { headers: headersOf(authorization) } }, {}] },
  {
    title: 'GraphQL with { reply }',
    type: 'graphql',
    args: (authorization) => [{}, {}, { reply: { request: { headers: headersOf(authorization) } } }, {}],
  },
  {
    title: 'socket.io with auth.token',
    type: 'ws',
    args: (authorization) => [{ handshake: { headers: {}, auth: { token: tokenOf(authorization) } } }, {}, 'event'],
  },
  {
    title: 'socket.io with a header',
    type: 'ws',
    args: (authorization) => [{ handshake: { headers: headersOf(authorization), auth: {} } }, {}, 'event'],
  },
  { title: 'ws with the upgrade request', type: 'ws', args: (authorization) => [{ upgradeReq: { headers: headersOf(authorization) } }, {}, 'event'] },
];

describeOnEveryAdapter('JwtAuthGuard in other contexts', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start({}, { providers: [Handlers] });
  });
  beforeEach(() => {
    subject = newSubject();
  });

  /** Calls a handler the way @nestjs/graphql and gateways do: guards, parameter decorators and filters included. */
  const call = (type: Way['type'], method: keyof Handlers, args: unknown[]): Promise<Record<string, unknown>> => {
    const handlers = app.app.get(Handlers);
    const handler = handlers[method] as (...args: unknown[]) => unknown;
    const paramsFactory = { exchangeKeyForValue: () => undefined };
    const creator = app.app.get(ExternalContextCreator);
    return creator.create(handlers, handler, method, ROUTE_ARGS_METADATA, paramsFactory, undefined, undefined, undefined, type)(...args);
  };

  describe.each(WAYS)('$title', ({ type, args }) => {
    it('lets a good token in, and gives its claims and session', async () => {
      const { accessToken, sessionId } = await app.login(subject);
      const { user, ...rest } = await call(type, 'me', args(`Bearer ${accessToken}`));
      expect(user).toMatchObject({ sub: subject, sid: sessionId, gen: 0 });
      expect(rest).toEqual({ sub: subject, session: { id: sessionId, generation: 0, audience: 'test' } });
    });

    it('refuses a request without a token', async () => {
      await expect(call(type, 'me', args())).rejects.toMatchObject({ code: 'access_token_missing', status: 401 });
    });

    it.each(['nonsense', 'a.b.c', ''])('refuses the token %j', async (token) => {
      await expect(call(type, 'me', args(`Bearer ${token}`))).rejects.toMatchObject({ code: 'access_token_invalid', status: 401 });
    });

    it('refuses a refresh token', async () => {
      const { refreshToken } = await app.login(subject);
      await expect(call(type, 'stateless', args(`Bearer ${refreshToken}`))).rejects.toMatchObject({ code: 'access_token_invalid' });
    });

    it('refuses a token whose session was revoked, at the next message', async () => {
      const { accessToken, refreshToken } = await app.login(subject);
      const same = args(`Bearer ${accessToken}`);
      await call(type, 'me', same);
      await app.http.logout(refreshToken);
      await expect(call(type, 'me', same)).rejects.toMatchObject({ code: 'access_token_revoked' });
      expect(await call(type, 'stateless', same)).toEqual({ sub: subject });
    });

    it('refuses a token that has expired on an open connection, also on a stateless route', async () => {
      const { accessToken } = await app.login(subject);
      const same = args(`Bearer ${accessToken}`);
      expect(await call(type, 'stateless', same)).toEqual({ sub: subject });
      app.clock.advance('30m');
      await expect(call(type, 'stateless', same)).rejects.toMatchObject({ code: 'access_token_expired' });
    });

    it('obeys @Public and @OptionalAuth', async () => {
      const { accessToken } = await app.login(subject);
      expect(await call(type, 'open', args())).toEqual({ open: true });
      expect(await call(type, 'optional', args())).toEqual({ sub: null });
      expect(await call(type, 'optional', args(`Bearer ${accessToken}`))).toEqual({ sub: subject });
      await expect(call(type, 'optional', args('Bearer nonsense'))).rejects.toMatchObject({ code: 'access_token_invalid' });
    });
  });

  it('prefers the token of a socket.io client to the headers of its handshake', async () => {
    const [{ accessToken }, other] = [await app.login(subject), await app.login(newSubject())];
    const client = { handshake: { headers: { authorization: `Bearer ${other.accessToken}` }, auth: { token: accessToken } } };
    expect(await call('ws', 'stateless', [client])).toEqual({ sub: subject });
  });

  it.each<[string, Way['type'], unknown[]]>([
    ['a GraphQL context without a request', 'graphql', [{}, {}, {}, {}]],
    ['no GraphQL context', 'graphql', [{}, {}, undefined, {}]],
    ['a client without a handshake', 'ws', [{}]],
    ['a handshake without headers', 'ws', [{ handshake: {} }]],
    ['a token that is no text', 'ws', [{ handshake: { headers: {}, auth: { token: { toString: () => 'x' } } } }]],
    ['an Authorization that is a list', 'ws', [{ handshake: { headers: { authorization: ['Bearer a', 'Bearer b'] } } }]],
  ])('says that the token is missing for %s', async (_, type, args) => {
    await expect(call(type, 'me', args)).rejects.toMatchObject({ code: 'access_token_missing' });
  });
});

/** A host's own route that takes a refresh token. */
@Controller('host')
class HostController {
  @UseGuards(JwtRefreshGuard)
  @Post('session')
  session(@CurrentSession() session: CurrentSessionRef, @Body() body: Record<string, unknown>): unknown {
    return { session, note: body.note ?? null };
  }

  @UseGuards(JwtRefreshGuard)
  @Get('session')
  unreachable(): unknown {
    return { open: true };
  }
}

describeOnEveryStack('JwtRefreshGuard', (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start({ refreshToken: { graceSeconds: 30 } }, { controllers: [HostController] });
  });
  beforeEach(() => {
    subject = newSubject();
  });

  const post = (refreshToken: unknown) => app.http.post('/host/session', { refresh_token: refreshToken, note: 'mine' });
  const eventTypes = async () => (await app.audit(subject)).map(({ type }) => type);

  it('lets the current token in, tells the session, and does not spend it', async () => {
    const { refreshToken, sessionId } = await app.login(subject);
    await app.audit(subject);
    for (let i = 0; i < 3; i++) {
      const statements = await app.statements.during(async () => {
        const answer = await post(refreshToken);
        expect([answer.status, answer.body]).toEqual([201, { session: { id: sessionId, generation: 0, audience: 'test' }, note: 'mine' }]);
      });
      expect(statements).toEqual(['SELECT']);
    }
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, lastUsed: null, revokedAt: null }]);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  it('lets the token just spent in while it may be retried, and revokes the family after that', async () => {
    const { refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    app.clock.advanceMilliseconds(29_999);
    expect((await post(refreshToken)).status).toBe(201);
    app.clock.advanceMilliseconds(1);
    const answer = await post(refreshToken);
    expect(answer.body).toMatchObject({ statusCode: 401, error: 'Unauthorized', code: 'refresh_token_reused' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('revokes the family of a replayed token, with an event, and no other', async () => {
    const { refreshToken, accessToken } = await app.login(subject);
    const other = await app.login(subject);
    const second = (await app.http.refresh(refreshToken)).body.refresh_token as string;
    const third = (await app.http.refresh(second)).body.refresh_token as string;
    expect((await post(refreshToken)).body.code).toBe('refresh_token_reused');
    expect((await post(third)).body.code).toBe('refresh_token_revoked');
    expect((await app.http.refresh(third)).body.code).toBe('refresh_token_revoked');
    await expect(app.jwtRefresh.verifyAccessToken(accessToken)).rejects.toMatchObject({ code: 'access_token_revoked' });
    expect((await post(other.refreshToken)).status).toBe(201);
    expect((await app.audit(subject)).filter(({ type }) => type === 'refresh_token.reused')).toMatchObject([
      { presentedGeneration: 0, generation: 2, reason: 'replayed' },
    ]);
  });

  it('refuses an expired and a revoked session', async () => {
    const [expired, revoked] = [await app.login(subject, { lifetime: 60 }), await app.login(subject)];
    await app.http.logout(revoked.refreshToken);
    app.clock.advance(60);
    expect((await post(expired.refreshToken)).body.code).toBe('refresh_token_expired');
    expect((await post(revoked.refreshToken)).body.code).toBe('refresh_token_revoked');
    expect(await eventTypes()).not.toContain('refresh_token.reused');
  });

  it.each([undefined, null, '', 0, false, {}, []])('answers 400 to the token %j', async (token) => {
    expect((await post(token)).body).toMatchObject({ statusCode: 400, error: 'Bad Request', code: 'refresh_token_missing' });
  });

  it('answers 400 to a request without a body, and to a token in the query or in a header', async () => {
    const { refreshToken } = await app.login(subject);
    expect((await app.http.get('/host/session')).body.code).toBe('refresh_token_missing');
    expect((await app.http.get(`/host/session?refresh_token=${refreshToken}`)).body.code).toBe('refresh_token_missing');
    expect((await app.http.get('/host/session', bearer(refreshToken))).body.code).toBe('refresh_token_missing');
  });

  it('answers 401 to junk, to a forgery and to an access token, and asks the database nothing', async () => {
    const { refreshToken, accessToken } = await app.login(subject);
    await app.audit(subject);
    const statements = await app.statements.during(async () => {
      for (const token of ['nonsense', 'jrt_AAAA', 'a.b.c', `${refreshToken.slice(0, -1)}!`, accessToken]) {
        const answer = await post(token);
        expect(answer.body).toMatchObject({ statusCode: 401, code: 'refresh_token_invalid' });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
    });
    expect(statements).toEqual([]);
    expect((await post(refreshToken)).status).toBe(201);
  });

  it('takes a form as well as JSON', async () => {
    const { refreshToken, sessionId } = await app.login(subject);
    const answer = await app.http.postForm('/host/session', `refresh_token=${refreshToken}`);
    expect(answer.body).toMatchObject({ session: { id: sessionId } });
  });
});

describeOnEveryAdapter('JwtRefreshGuard and the account', (stack) => {
  it('lets nobody in whose account the host has closed, as a refresh would not', async () => {
    const app = await stack.start({ hooks: { resolveSubject: () => null } }, { controllers: [HostController] });
    const { refreshToken } = await app.login(newSubject());
    expect((await app.http.refresh(refreshToken)).body.code).toBe('refresh_token_invalid');
    expect((await app.http.post('/host/session', { refresh_token: refreshToken })).body.code).toBe('refresh_token_invalid');
  });
});
