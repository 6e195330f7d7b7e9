import { type AuthState, createAuthClient } from 'nestjs-jwt-refresh/client';
import { ApiError, fromAuthClient } from '../api/api-error';
import { absoluteUrl, config } from '../app/config';

/** Tokens are in memory and nowhere else, and other tabs have their own session: but for the cookie, a reload ends the sign-in. */
const auth = createAuthClient({
  baseUrl: absoluteUrl('.'),
  mode: config.transport,
  paths: { login: absoluteUrl(config.login.url), refresh: absoluteUrl(config.refreshUrl), logout: absoluteUrl(config.logoutUrl) },
  crossTab: false,
  sendAccessToken: config.sendAccessToken,
  refreshTokenParam: config.refreshTokenParam,
  accessTokenProp: config.accessTokenProp,
  refreshTokenProp: config.refreshTokenProp,
  // With another transport the header would ask for the cookie.
  headers: config.transport === 'cookie' ? { [config.cookieHeader]: 'fetch' } : {},
  fetch: (input, init) => fetch(input, { ...init, cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer' }),
});

export const session = {
  /** Throws ApiError: 401 wrong credentials, 0 no answer. An older session of this page is ended. */
  async signIn(username: string, password: string): Promise<void> {
    await translated(auth.login({ [config.login.usernameField]: username, [config.login.passwordField]: password }));
  },

  async signOut(): Promise<void> {
    await auth.logout();
  },

  /** Like `fetch`, with the access token; refreshes it shortly before its end, or once after a 401. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const token = await translated(auth.getAccessToken({ signal: init.signal }), init.signal);
    if (token === null) throw new ApiError(401, 'signed_out', 'You are signed out.');
    return translated(auth.fetch(url, init), init.signal);
  },

  /** `unknown` until the server has said whose cookie it is. */
  status: (): AuthState['status'] => auth.state.status,

  isSignedIn: (): boolean => auth.state.status === 'signed-in',

  /** The server ended the last session of this page: it expired or was revoked. */
  wasEnded: (): boolean => auth.state.endedBy === 'server',

  subscribe: auth.subscribe,
};

/** Throws ApiError for what goes wrong on the way, and an abort as it is. */
async function translated<T>(work: Promise<T>, signal?: AbortSignal | null): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw signal?.aborted ? error : fromAuthClient(error);
  }
}
