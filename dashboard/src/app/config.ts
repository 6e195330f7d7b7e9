/** What the server tells the page, in a meta tag of index.html. URLs are relative to the page. */
export interface DashboardConfig {
  api: string;
  login: { url: string; usernameField: string; passwordField: string };
  refreshUrl: string;
  logoutUrl: string;
  /** Where the refresh token travels; a server that takes both gets it in the body. */
  transport: 'body' | 'cookie';
  /** The header that proves a request by cookie to be the app's own. */
  cookieHeader: string;
  refreshTokenParam: string;
  accessTokenProp: string;
  refreshTokenProp: string;
}

const DEFAULTS: DashboardConfig = {
  api: '../refresh-tokens',
  login: { url: '../../auth/login', usernameField: 'username', passwordField: 'password' },
  refreshUrl: '../../auth/refresh',
  logoutUrl: '../../auth/logout',
  transport: 'body',
  cookieHeader: 'x-requested-with',
  refreshTokenParam: 'refresh_token',
  accessTokenProp: 'access_token',
  refreshTokenProp: 'refresh_token',
};

function readConfig(): DashboardConfig {
  const content = document.querySelector<HTMLMetaElement>('meta[name="jwt-refresh-dashboard"]')?.content ?? '';
  if (!content.startsWith('{')) return DEFAULTS;
  const given = JSON.parse(content) as Partial<DashboardConfig>;
  return { ...DEFAULTS, ...given, login: { ...DEFAULTS.login, ...given.login } };
}

export const config = readConfig();

/** An absolute URL without the page's hash. */
export const absoluteUrl = (url: string): string => new URL(url, document.baseURI).href;
