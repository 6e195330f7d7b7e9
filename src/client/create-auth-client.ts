import { createAccessTokenSource } from './access-token';
import type { AuthClient, AuthClientOptions, OwnSession, OwnSessions } from './auth-client';
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

function createSignIn(settings: Settings, { logIn, logOut }: AuthServer, { replace, turn }: Session): Pick<AuthClient, 'login' | 'setSession'> {
  const begin = (tokens: Tokens): void => {
    const previous = replace(tokens, { type: 'signed-in' });
    if (previous && previous.id !== tokens.id) void tell(() => logOut(previous));
  };
  return {
    // No refresh, of this tab or another, must set its cookie over the new one.
    login: async (credentials) => {
      await turn().refreshing?.catch(() => undefined);
      return locked(settings.shared, async () => {
        const { tokens, body } = await logIn(credentials);
        begin(tokens);
        return body;
      });
    },

    setSession: (body) => begin(readTokens(body, settings.now(), settings)),
  };
}

async function signOut({ cookie }: Settings, { logOut, refresh }: AuthServer, { replace, state }: Session, everywhere?: boolean): Promise<boolean> {
  let tokens = replace(null, { type: 'signed-out', endedBy: 'user' });
  if (!cookie && !tokens) return true;
  return tell(async () => {
    // Whoever has signed in since, here or in another tab, keeps the cookie, and the other sessions.
    const isLast = !state().sessionId;
    // Only an access token that lives ends the others.
    if (everywhere && isLast) tokens = await refresh(tokens);
    if (tokens || isLast) await logOut(tokens, cookie && isLast, everywhere && isLast);
  });
}

function ownSessions(url: string, fetch: AuthClient['fetch']): OwnSessions {
  const send = async <T>(target: string, method?: string) => (await read(await fetch(target, { method }))) as T;
  return {
    list: async () => (await send<{ data: OwnSession[] }>(url)).data,
    end: (id) => send(`${url}/${id}`, 'DELETE'),
    endOthers: () => send(`${url}?except=current`, 'DELETE'),
  };
}
