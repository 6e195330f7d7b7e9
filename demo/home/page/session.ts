import { createAuthClient } from 'nestjs-jwt-refresh/client';
import { config, mode } from './config';
import { loggedFetch, note } from './server-log';

const STORAGE_KEY = 'demo-session';

let losing = false;

/** In body mode a second tab finds the session in localStorage; in cookie mode the browser brings the cookie. */
export const auth = createAuthClient({
  baseUrl: './',
  mode,
  storageKey: STORAGE_KEY,
  storage: mode === 'body' ? localStorage : undefined,
  sendAccessToken: config.sendAccessToken,
  accessTokenProp: config.accessTokenProp,
  refreshTokenProp: config.refreshTokenProp,
  fetch: async (input, init) => {
    const response = await loggedFetch(input, init);
    if (!losing || !response.url.endsWith('/jwt-refresh')) return response;
    losing = false;
    note('That answer was lost on its way. The page has not read it.');
    throw new TypeError('Lost');
  },
});

/** The claims of the access token: what the page may show, and nothing to decide by. */
export interface Claims {
  username: string;
  sid: string;
  gen: number;
  iat: number;
  exp: number;
}

export async function findClaims(): Promise<Claims | null> {
  const token = await auth.getAccessToken();
  if (!token) return null;
  const payload = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
  return JSON.parse(atob(payload)) as Claims;
}

/** The next answer to a refresh gets lost. */
export async function loseAnswer(): Promise<void> {
  losing = true;
  await auth.refresh();
}

/** What every script of this page can read: in cookie mode, no refresh token. */
export const stolenToken = (): string => (JSON.parse(localStorage.getItem(STORAGE_KEY)!) as { refresh: string }).refresh;
