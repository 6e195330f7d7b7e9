import { AuthClientError } from './auth-client-error';
import type { Settings } from './settings';
import { readTokens, type Tokens } from './tokens';

/** Less than the server's grace period: whoever gets no answer has time to present the same token again. */
const ANSWER_LIMIT_MS = 10_000;

/** The codes that end a session. Nothing else does: no status, no page of a proxy, no missing network. */
const FINAL = /^(refresh|access)_token_(invalid|expired|revoked|reused)$/;

export type AuthServer = ReturnType<typeof createAuthServer>;

/** The auth routes as functions. All throw {@link AuthClientError} unless the answer is what it should be. */
export function createAuthServer(settings: Settings) {
  const { paths, cookie, now, refreshTokenParam, sendAccessToken } = settings;

  const bodyOf = (token?: string): unknown =>
    token ? refreshTokenParam.split('.').reduceRight<unknown>((value, name) => ({ [name]: value }), token) : {};

  async function obtain(path: string, body: unknown, previous: Tokens | null, access?: string | false) {
    const from = now();
    const answer = await post(settings, path, body, access, cookie);
    return { tokens: readTokens(answer, from, settings, previous), body: answer };
  }

  return {
    logIn: (credentials: object) => obtain(paths.login, credentials, null),

    /** The successors of these tokens; in cookie mode, of the cookie. */
    refresh: async (tokens: Tokens | null): Promise<Tokens> =>
      (await obtain(paths.refresh, bodyOf(tokens?.refresh), tokens, sendAccessToken && tokens?.access)).tokens,

    /** Ends a session, or all of the user's. Without the cookie it is the one of the tokens, whosever the cookie is by now. */
    logOut: (tokens: Tokens | null, withCookie?: boolean, everywhere?: boolean) =>
      post(settings, paths.logout, bodyOf(everywhere ? 'all' : tokens?.refresh), tokens?.access, withCookie),

    /** Whether a failed refresh means that the session is over. */
    isFinal: ({ code }: AuthClientError): boolean => FINAL.test(code) || (cookie && /_token_missing$/.test(code)),
  };
}

async function post(
  { cookie, headers, fetch, resolve }: Settings,
  path: string,
  body: unknown,
  access?: string | false,
  withCookie?: boolean,
): Promise<unknown> {
  const init: RequestInit = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // What another origin's page can't send without being asked whether it may: the proof that the cookie wants.
      ...(cookie && { 'x-requested-with': 'fetch' }),
      ...(access && { authorization: `Bearer ${access}` }),
      ...headers,
    },
    body: JSON.stringify(body),
    credentials: withCookie ? 'include' : cookie ? 'omit' : 'same-origin',
    // The answer to a page that is being left still sets the cookie.
    keepalive: true,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  };
  let response: Response;
  try {
    response = await fetch(resolve(path), init);
  } catch (cause) {
    throw new AuthClientError(0, null, 0, cause);
  }
  return read(response);
}

/** What an answer says; null if it is no JSON. */
export const jsonOf = (response: Response): Promise<unknown> => response.json().catch(() => null);

/** The same of a success. @throws AuthClientError for any status but 2xx */
export async function read(response: Response): Promise<unknown> {
  const body = await jsonOf(response);
  if (response.ok) return body;
  throw new AuthClientError(response.status, body, Number(response.headers.get('retry-after')) * 1000 || 0);
}
