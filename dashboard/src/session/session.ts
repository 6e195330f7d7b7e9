import { errorOf, networkError, ApiError } from '../api/api-error';
import { absoluteUrl, config } from '../app/config';
import { readTokens, type Tokens } from './token-response';

const REFRESH_AHEAD_MS = 30_000;

/** Tokens live in this closure and nowhere else: a reload asks to sign in again. */
let tokens: Tokens | null = null;
let refreshing: Promise<void> | null = null;
let endedByServer = false;
const listeners = new Set<() => void>();

export const session = {
  /** Throws ApiError: 401 wrong credentials, 0 no answer. An older session of this page is ended. */
  async signIn(username: string, password: string): Promise<void> {
    const previous = tokens;
    const requestedAt = Date.now();
    const response = await post(config.login.url, { [config.login.usernameField]: username, [config.login.passwordField]: password });
    if (!response.ok) throw await errorOf(response);
    const answer = readTokens(await response.json().catch(() => null), requestedAt);
    if (!answer) throw new ApiError(response.status, 'login_answer_unknown', 'The login route answered without tokens.');
    endedByServer = false;
    setTokens(answer);
    if (previous) void logOut(previous);
  },

  async signOut(): Promise<void> {
    const previous = tokens;
    endedByServer = false;
    setTokens(null);
    if (previous) await logOut(previous);
  },

  /** Like `fetch`, with the access token; refreshes it shortly before its end, or once after a 401. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    if (isEnding()) await refresh().catch(ignoreIfStillValid);
    const used = tokens?.accessToken;
    const response = await authorizedFetch(url, init);
    if (response.status !== 401 || (await isFreshLoginRequired(response))) return response;
    if (tokens?.accessToken === used) await refresh();
    return authorizedFetch(url, init);
  },

  isSignedIn: (): boolean => tokens !== null,

  /** The server ended the last session of this page: it expired or was revoked. */
  wasEnded: (): boolean => endedByServer,

  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function setTokens(next: Tokens | null): void {
  const changed = (tokens === null) !== (next === null);
  tokens = next;
  if (changed) for (const listener of listeners) listener();
}

const expiresWithin = (ms: number): boolean => tokens?.accessExpiresAt != null && tokens.accessExpiresAt - Date.now() < ms;
const isEnding = (): boolean => expiresWithin(REFRESH_AHEAD_MS);

function ignoreIfStillValid(error: unknown): void {
  if (expiresWithin(0) || !tokens) throw error;
}

/** Simultaneous callers share one refresh: the token is presented once. */
function refresh(): Promise<void> {
  refreshing ??= exchange().finally(() => (refreshing = null));
  return refreshing;
}

async function exchange(): Promise<void> {
  if (!tokens) throw new ApiError(401, 'signed_out', 'You are signed out.');
  const presented = tokens;
  const requestedAt = Date.now();
  const response = await post(config.refreshUrl, { [config.refreshTokenParam]: presented.refreshToken });
  // A new sign-in while this was under way wins.
  if (tokens !== presented) return;
  if (response.status === 401) {
    endedByServer = true;
    setTokens(null);
  }
  // Anything else leaves the token as it is: the next request presents it again.
  if (!response.ok) throw await errorOf(response);
  const answer = readTokens(await response.json().catch(() => null), requestedAt);
  if (!answer) throw new ApiError(response.status, 'refresh_answer_unknown', 'The refresh route answered without tokens.');
  setTokens(answer);
}

async function isFreshLoginRequired(response: Response): Promise<boolean> {
  return (await errorOf(response.clone())).code === 'fresh_login_required';
}

function authorizedFetch(url: string, init: RequestInit): Promise<Response> {
  if (!tokens) return Promise.reject(new ApiError(401, 'signed_out', 'You are signed out.'));
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${tokens.accessToken}`);
  return send(url, { ...init, headers });
}

async function logOut({ refreshToken }: Tokens): Promise<void> {
  await post(config.logoutUrl, { [config.refreshTokenParam]: refreshToken }).catch(() => undefined);
}

const post = (url: string, body: object): Promise<Response> =>
  send(absoluteUrl(url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw networkError();
  }
}
