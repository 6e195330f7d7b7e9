import type { JwtRefreshExtras } from '../jwt-refresh.options';
import type { ResolvedOptions } from '../resolve-options';
import { joinPaths, routeNames } from '../route-path';

const CONFIG_PLACE = '__JWT_REFRESH_CONFIG__';

/**
 * What the page must know. All addresses are relative to the page's own, so that it works below any prefix, also one that
 * a proxy takes away.
 *
 * @param isFolder whether the page's address ends in a slash
 */
export function dashboardConfig(options: ResolvedOptions, extras: JwtRefreshExtras, isFolder: boolean) {
  const { admin, request, response, transport, cookie } = options;
  const segments = (extras.adminPath ?? '').split('/').filter(Boolean);
  const up = isFolder ? '../' : '';
  const root = up + '../'.repeat(segments.length);
  const below = (path: string) => (path.startsWith('/') ? path : root + path);
  const { refresh, logout } = routeNames(extras);
  const route = (name: string) => below(joinPaths(extras.path, name));
  return {
    api: `${up}../${segments.at(-1)}`,
    login: { url: below(admin.login.path), usernameField: admin.login.usernameField, passwordField: admin.login.passwordField },
    refreshUrl: route(refresh),
    logoutUrl: route(logout),
    transport: transport === 'cookie' ? 'cookie' : 'body',
    cookieHeader: cookie.header,
    sendAccessToken: options.accessTokenOnRefresh !== 'ignore',
    refreshTokenParam: request.refreshTokenParam,
    accessTokenProp: response.accessTokenProp,
    refreshTokenProp: response.refreshTokenProp,
  };
}

/** Fills the page in: its configuration as inert text, and where its files are. */
export function pageWith(page: string, config: object, isFolder: boolean): string {
  const assets = isFolder ? './assets/' : './dashboard/assets/';
  return page.replaceAll('./assets/', assets).replace(CONFIG_PLACE, () => escapeHtml(JSON.stringify(config)));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
