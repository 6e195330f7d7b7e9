import type { AuthClientOptions, AuthPaths } from './auth-client';
import { page } from './browser';

type Defaulted = 'refreshMargin' | 'accessTokenProp' | 'refreshTokenProp' | 'refreshTokenParam' | 'fetch' | 'now' | 'onEvent' | 'storageKey';

export type Settings = Required<Pick<AuthClientOptions, Defaulted>> &
  Pick<AuthClientOptions, 'storage' | 'headers' | 'sendAccessToken'> & {
    paths: Required<AuthPaths>;
    origins: readonly string[];
    cookie: boolean;
    /** What tabs that act together have in common; falsy for one that is on its own. */
    shared: string | false | undefined;
    /** The absolute address of a path. */
    resolve: (path: string | URL) => URL;
  };

/** Fills in the defaults. */
export function settingsOf({ baseUrl, paths, origins = [], ...options }: AuthClientOptions): Settings {
  // Where there is no page, a relative address leads nowhere instead of to this machine (RFC 2606 §2).
  const base = new URL(baseUrl.replace(/\/?$/, '/'), page.location?.href ?? 'http://no.invalid');
  const { storageKey = `nestjs-jwt-refresh:${base.href}`, crossTab = page.document } = options;
  return {
    refreshMargin: 30,
    accessTokenProp: 'access_token',
    refreshTokenProp: 'refresh_token',
    refreshTokenParam: 'refresh_token',
    fetch: (input, init) => fetch(input, init),
    now: Date.now,
    onEvent: () => undefined,
    ...options,
    storageKey,
    shared: crossTab && storageKey,
    paths: { login: 'auth/login', refresh: 'auth/jwt-refresh', logout: 'auth/logout', sessions: 'auth/sessions', ...paths },
    origins: [base, ...origins].map((origin) => new URL(origin).origin),
    cookie: options.mode === 'cookie',
    resolve: (path) => new URL(path, base),
  };
}
