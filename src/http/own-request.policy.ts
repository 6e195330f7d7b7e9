import type { ResolvedCookie } from '../resolve-cookie';

type Headers = Record<string, string | string[] | undefined>;

/**
 * Whether a request may use the cookie that the browser attached to it: it has the header that only a script can set, and
 * it does not come from another site. Browsers say where it comes from (Fetch Metadata §2.4); for one that does not, `Origin`
 * is compared with the host that was asked (RFC 6454 §7). Programs send neither.
 */
export function isOwnRequest(headers: Headers, { header, origins }: Pick<ResolvedCookie, 'header' | 'origins'>): boolean {
  if (!headers[header]) return false;
  const { origin, 'sec-fetch-site': site } = headers;
  if (typeof origin === 'string' && origins.includes(origin)) return true;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin === undefined || isSameHost(origin, headers.host ?? headers[':authority']);
}

/** The scheme is left out: a proxy may have taken TLS away. */
function isSameHost(origin: string | string[], host: string | string[] | undefined): boolean {
  return typeof origin === 'string' && typeof host === 'string' && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
