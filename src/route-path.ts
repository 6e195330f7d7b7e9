import type { JwtRefreshExtras, RouteNames } from './jwt-refresh.options';

/** Names of the module's routes, as given or by default. */
export function routeNames({ routes = {} }: JwtRefreshExtras): Required<RouteNames> {
  const { refresh = 'jwt-refresh', logout = 'logout', sessions = 'sessions' } = routes;
  return { refresh, logout, sessions };
}

/** One path of several, without slashes around it. */
export function joinPaths(...paths: (string | undefined)[]): string {
  return paths
    .flatMap((path) => String(path ?? '').split('/'))
    .filter(Boolean)
    .join('/');
}
