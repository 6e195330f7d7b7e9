import { AuthClientError } from './auth-client-error';
import { abortable } from './browser';
import type { Settings } from './settings';
import { readTokens, type Tokens } from './tokens';

/** Less than the server's grace period: whoever gets no answer has time to present the same token again. */
const ANSWER_LIMIT_MS = 10_000;

/** The codes that end a session. Nothing else does: no status, no page of a proxy, no missing network. */
const FINAL = /^(refresh|access)_token_(invalid|expired|revoked|reused)$/;

interface Call {
  /** Sent as the bearer. */
  access?: string | null;
  credentials?: RequestInit['credentials'];
  signal?: AbortSignal;
}

interface Reply {
  status: number;
  /** Null unless it is JSON. */
  body: unknown;
}

export type AuthServer = ReturnType<typeof createAuthServer>;

/** The auth routes as functions. All throw {@link AuthClientError} unless the answer is what it should be. */
export function createAuthServer(settings: Settings) {
  const { urls, cookie, now } = settings;

  async function obtain(url: string, body: object, previous: Tokens | null, call?: Call): Promise<{ tokens: Tokens; body: unknown }> {
    const from = now();
    const reply = await post(settings, url, body, call);
    const tokens = readTokens(reply.body, from, settings, previous);
    if (!tokens) throw new AuthClientError(reply);
    return { tokens, body: reply.body };
  }

  return {
    login: (credentials: object, signal?: AbortSignal) => obtain(urls.login, credentials, null, { signal }),

    /** The successors of these tokens; in cookie mode, of the cookie. */
    refresh: async (tokens: Tokens | null, signal?: AbortSignal): Promise<Tokens> => {
      const call = { signal, access: settings.sendAccessToken ? tokens?.access : null };
      return (await obtain(urls.refresh, refreshBody(settings, tokens?.refresh), tokens, call)).tokens;
    },

    /** Ends a session: without the cookie, the one of the tokens, whosever the cookie is by now. */
    logOut: (tokens: Tokens | null, withCookie: boolean) =>
      post(settings, urls.logout, refreshBody(settings, tokens?.refresh), { access: tokens?.access, credentials: withCookie ? undefined : 'omit' }),

    /** Ends every session of the user. */
    logOutEverywhere: (tokens: Tokens) => post(settings, urls.logout, refreshBody(settings, 'all'), { access: tokens.access }),

    /** Whether a failed refresh means that the session is over. */
    isFinal: ({ code }: AuthClientError): boolean => FINAL.test(code) || (cookie && code === 'refresh_token_missing'),
  };
}

const refreshBody = ({ refreshTokenParam }: Settings, token?: string): object =>
  token ? refreshTokenParam.split('.').reduceRight<object>((value, name) => ({ [name]: value }), token as unknown as object) : {};

async function post(settings: Settings, url: string, body: object, { access, signal, credentials }: Call = {}): Promise<Reply> {
  const limit = new AbortController();
  const abort = () => limit.abort();
  const timer = setTimeout(abort, ANSWER_LIMIT_MS);
  signal?.addEventListener('abort', abort);
  const init: RequestInit = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // What another origin's page can't send without being asked whether it may: the proof that the cookie wants.
      ...(settings.cookie && { 'x-requested-with': 'fetch' }),
      ...(access && { authorization: `Bearer ${access}` }),
      ...settings.headers,
    },
    body: JSON.stringify(body),
    credentials: credentials ?? (settings.cookie ? 'include' : undefined),
    // The answer to a page that is being left still sets the cookie.
    keepalive: true,
    redirect: 'error',
    signal: limit.signal,
  };
  try {
    return await abortable(settings.fetch(url, init).then(read), limit.signal);
  } catch (cause) {
    throw cause instanceof AuthClientError ? cause : new AuthClientError({ status: 0, body: null }, { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** @throws AuthClientError for any status but 2xx */
export async function read(response: Response): Promise<Reply> {
  const { ok, status, headers } = response;
  const body: unknown = await response.json().catch(() => null);
  if (ok) return { status, body };
  throw new AuthClientError({ status, body, retryAfter: millisecondsOf(headers.get('retry-after')) });
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function millisecondsOf(retryAfter: string | null): number {
  const seconds = Number(retryAfter);
  return Math.max(0, Number.isNaN(seconds) ? Date.parse(retryAfter!) - Date.now() || 0 : seconds * 1000);
}
