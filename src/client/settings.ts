import type { AuthClientOptions, AuthPaths } from './auth-client';
import { page } from './browser';

export type Settings = Required<Omit<AuthClientOptions, 'baseUrl' | 'storage' | 'origins' | 'paths'>> &
  Pick<AuthClientOptions, 'storage'> & {
    urls: Required<AuthPaths>;
    origins: ReadonlySet<string>;
    cookie: boolean;
    /** The absolute address of a path. */
    resolve: (path: string | URL) => URL;
  };

const PATHS: Required<AuthPaths> = { login: 'auth/login', refresh: 'auth/jwt-refresh', logout: 'auth/logout', sessions: 'auth/sessions' };

/** Fills in the defaults. */
export function settingsOf({ baseUrl, paths, origins = [], ...options }: AuthClientOptions): Settings {
  // Where there is no page, a relative address leads nowhere instead of to this machine (RFC 2606 §2).
  const base = new URL(baseUrl.replace(/\/?$/, '/'), page.location?.href ?? 'http://no-page.invalid');
  const resolve = (path: string | URL) => new URL(path, base);
  const urls = Object.entries({ ...PATHS, ...paths }).map(([name, path]) => [name, resolve(path).href]);
  return {
    storageKey: `nestjs-jwt-refresh:${base.href}`,
    refreshMargin: 30,
    crossTab: !!page.document,
    accessTokenProp: 'access_token',
    refreshTokenProp: 'refresh_token',
    refreshTokenParam: 'refresh_token',
    sendAccessToken: false,
    headers: {},
    fetch: (input, init) => fetch(input, init),
    now: () => Date.now(),
    onEvent: () => undefined,
    ...options,
    urls: Object.fromEntries(urls) as Required<AuthPaths>,
    origins: new Set([base, ...origins].map((origin) => new URL(origin).origin)),
    cookie: options.mode === 'cookie',
    resolve,
  };
}
