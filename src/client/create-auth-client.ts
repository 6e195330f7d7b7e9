import type { AccessTokenRequest, AuthClient, AuthClientOptions, OwnSession, OwnSessions } from './auth-client';
import { AuthClientError } from './auth-client-error';
import { type AuthServer, createAuthServer, read } from './auth-server';
import { createAuthorizedFetch } from './authorized-fetch';
import { tell } from './back-off';
import { abortable, onWake, page } from './browser';
import { Refresher } from './refresher';
import { Session } from './session';
import { type Settings, settingsOf } from './settings';
import { readTokens, remaining, type Tokens } from './tokens';

/**
 * Keeps a user signed in at a server that uses this package: attaches access tokens, refreshes them ahead of time, and
 * never takes a network that is down for a sign-out. In a page, cookie mode begins with a silent refresh.
 *
 * @example
 * ```ts
 * const auth = createAuthClient({ baseUrl: 'https://api.example.com', mode: 'cookie' });
 * await auth.login({ username, password });
 * const me = await auth.fetch('/me').then((response) => response.json());
 * ```
 * @throws TypeError when `baseUrl` or `mode` is not usable
 */
export function createAuthClient(options: AuthClientOptions): AuthClient {
  const settings = settingsOf(options);
  const server = createAuthServer(settings);
  const session = new Session(settings, {
    changed: () => refresher.plan(),
    follow: () => void refresher.run().catch(() => undefined),
    leave: (tokens) => void (settings.cookie || tell(() => server.logOut(tokens, false))),
  });
  const refresher = new Refresher(settings, server, session);
  const stopListening = onWake((online) => refresher.wake(online));
  if (page.document) refresher.wake();

  const { getAccessToken, renew } = accessTokens(settings, session, refresher);
  const authorizedFetch = createAuthorizedFetch(settings, { get: getAccessToken, renew });
  return {
    fetch: authorizedFetch,
    getAccessToken,
    refresh: () => getAccessToken({ forceRefresh: true }),
    ...signingIn(settings, server, session, refresher),
    logout: ({ everywhere = false } = {}) => signOut(settings, server, session, everywhere),
    sessions: ownSessions(settings.urls.sessions, authorizedFetch),
    subscribe: (listener) => session.subscribe(listener),
    get state() {
      return session.state;
    },
    dispose() {
      stopListening();
      session.close();
      refresher.dispose();
    },
  };
}

function accessTokens({ now }: Settings, session: Session, refresher: Refresher) {
  const refreshed = async (signal?: AbortSignal | null): Promise<string | null> => {
    await abortable(refresher.run(), signal);
    return session.current()?.access ?? null;
  };
  return {
    getAccessToken: async ({ minTtl = 0, forceRefresh, signal }: AccessTokenRequest = {}): Promise<string | null> => {
      const tokens = session.current();
      if (forceRefresh) return refreshed(signal);
      if (tokens && remaining(tokens, now()) > minTtl * 1000) return tokens.access;
      if (session.state.status === 'signed-out') return null;
      if (refresher.paused) throw refresher.paused;
      return refreshed(signal);
    },

    renew: async (refused: string, signal?: AbortSignal | null): Promise<string | null> => {
      const access = session.current()?.access ?? null;
      if (access !== refused) return access;
      if (refresher.paused) throw refresher.paused;
      return refreshed(signal);
    },
  };
}

function signingIn(settings: Settings, server: AuthServer, session: Session, refresher: Refresher): Pick<AuthClient, 'login' | 'setSession'> {
  const begin = (tokens: Tokens): void => {
    refresher.drop();
    const previous = session.begin(tokens);
    if (previous && previous.id !== tokens.id) void tell(() => server.logOut(previous, false));
  };
  const logIn = async (credentials: object): Promise<unknown> => {
    const { tokens, body } = await server.login(credentials);
    begin(tokens);
    return body;
  };
  return {
    // Another tab's refresh must not set its cookie over the new one.
    login: (credentials) => (settings.cookie ? refresher.exclusively(() => logIn(credentials)) : logIn(credentials)),

    setSession(body) {
      const tokens = readTokens(body, settings.now(), settings);
      if (!tokens) throw new AuthClientError({ status: 200, body });
      begin(tokens);
    },
  };
}

async function signOut({ cookie }: Settings, server: AuthServer, session: Session, everywhere: boolean): Promise<boolean> {
  let tokens = session.end('user');
  const { turn } = session;
  if (!cookie && !tokens) return true;
  return tell(async () => {
    // Whoever has signed in since keeps the cookie, and the other sessions.
    if (turn !== session.turn) return tokens && server.logOut(tokens, false);
    if (!everywhere) return server.logOut(tokens, cookie);
    tokens = await server.refresh(tokens);
    return server.logOutEverywhere(tokens);
  });
}

function ownSessions(url: string, fetch: AuthClient['fetch']): OwnSessions {
  const send = async (target: string, method = 'GET') => (await read(await fetch(target, { method }))).body;
  return {
    list: async () => ((await send(url)) as { data: OwnSession[] }).data,
    end: async (id) => void (await send(`${url}/${encodeURIComponent(id)}`, 'DELETE')),
    endOthers: async () => void (await send(`${url}?except=current`, 'DELETE')),
  };
}
