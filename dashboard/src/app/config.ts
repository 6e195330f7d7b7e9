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
  /** Whether a refresh needs the access token too. */
  sendAccessToken: boolean;
  refreshTokenParam: string;
  accessTokenProp: string;
  refreshTokenProp: string;
}

/** index.html has a place for it, which the server fills. */
const place = document.querySelector<HTMLMetaElement>('meta[name="jwt-refresh-dashboard"]')!;

export const config = JSON.parse(place.content) as DashboardConfig;

/** An absolute URL without the page's hash. */
export const absoluteUrl = (url: string): string => new URL(url, document.baseURI).href;
