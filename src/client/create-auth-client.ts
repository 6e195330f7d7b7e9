import { createAccessTokenSource } from './access-token';
import type { AuthClient, AuthClientOptions, OwnSession, OwnSessions } from './auth-client';
import { AuthClientError } from './auth-client-error';
import { type AuthServer, createAuthServer, read } from './auth-server';
import { createAuthorizedFetch } from './authorized-fetch';
import { locked, onWake, page } from './browser';
import { createRefresher } from './refresher';
import { createSchedule } from './schedule';
import { createSession, type Session } from './session';
import { type Settings, settingsOf } from './settings';
import { tell } from './tell';
import { readTokens, type Tokens } from './tokens';

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
 * @throws TypeError when `baseUrl` is no address
 */
export function createAuthClient(options: AuthClientOptions): AuthClient {
  const settings = settingsOf(options);
  const disposal = new AbortController();
  const server = createAuthServer(settings);
  const session = createSession(
    settings,
    () => plan(),
    () => void run().catch(() => undefined),
    (tokens) => void tell(() => server.logOut(tokens)),
  );
  const run = createRefresher(settings, server, session, (error, retryIn) => pause(error, retryIn));
  const { plan, wake, pause, failure } = createSchedule(settings, session, run, disposal.signal);
  onWake(wake, disposal.signal);
  if (page.document) wake();

  const tokens = createAccessTokenSource(settings.now, session, run, failure);
  const fetch = createAuthorizedFetch(settings, tokens);
  return {
    fetch,
    getAccessToken: tokens.get,
    refresh: () => tokens.get({ forceRefresh: true }),
    ...createSignIn(settings, server, session),
    logout: ({ everywhere } = {}) => signOut(settings, server, session, everywhere),
    sessions: ownSessions(settings.paths.sessions, fetch),
    subscribe: session.subscribe,
    get state() {
      return session.state();
    },
    dispose: () => {
      disposal.abort();
      session.close();
      plan();
    },
  };
}

function createSignIn(settings: Settings, { logIn, logOut }: AuthServer, { replace }: Session): Pick<AuthClient, 'login' | 'setSession'> {
  const begin = (tokens: Tokens): void => {
    const previous = replace(tokens, { type: 'signed-in' });
    if (previous && previous.id !== tokens.id) void tell(() => logOut(previous));
  };
  return {
    // Another tab's refresh must not set its cookie over the new one.
    login: (credentials) =>
      locked(settings.shared, async () => {
        const { tokens, body } = await logIn(credentials);
        begin(tokens);
        return body;
      }),

    setSession: (body) => {
      const tokens = readTokens(body, settings.now(), settings);
      if (!tokens) throw new AuthClientError(200, body);
      begin(tokens);
    },
  };
}

async function signOut({ cookie }: Settings, { logOut, refresh }: AuthServer, { replace, turn }: Session, everywhere?: boolean): Promise<boolean> {
  let tokens = replace(null, { type: 'signed-out', endedBy: 'user' });
  const signedOut = turn();
  if (!cookie && !tokens) return true;
  return tell(async () => {
    // Whoever has signed in since keeps the cookie, and the other sessions.
    const isLast = signedOut === turn();
    // Only an access token that lives ends the others.
    if (everywhere && isLast) tokens = await refresh(tokens);
    if (tokens || isLast) await logOut(tokens, cookie && isLast, everywhere && isLast);
  });
}

function ownSessions(url: string, fetch: AuthClient['fetch']): OwnSessions {
  const send = async <T>(target: string, method = 'GET') => (await read(await fetch(target, { method }))) as T;
  return {
    list: async () => (await send<{ data: OwnSession[] }>(url)).data,
    end: (id) => send(`${url}/${id}`, 'DELETE'),
    endOthers: () => send(`${url}?except=current`, 'DELETE'),
  };
}
