import { serialize } from 'cookie';
import type { ResolvedCookie } from '../resolve-cookie';

/** The `Set-Cookie` line that brings a refresh token to the browser (RFC 6265bis §4.1). */
export function refreshCookie(cookie: ResolvedCookie, token: string, maxAge: number): string {
  const { name, domain, path, sameSite, secure, partitioned } = cookie;
  return serialize(name, token, { httpOnly: true, domain, path, sameSite, secure, partitioned, maxAge });
}

/** The line that takes it away: the same name, path and attributes, or the browser would keep it (RFC 6265bis §5.7). */
export function clearedCookie(cookie: ResolvedCookie): string {
  return refreshCookie(cookie, '', 0);
}

/**
 * What browsers drop before a name (RFC 6265bis §5.6). Any other space is part of it: who drops more than a browser takes for
 * `__Host-…` what the browser has not, and let another host set.
 */
const SPACE_BEFORE = /^[ \t]+/;

/**
 * Every value that a `Cookie` header has for a name, in its order. Another host of the domain can add a cookie of the same name
 * (RFC 6265bis §8.6), so whoever reads must see that there are two.
 */
export function cookieValues(header: unknown, name: string): string[] {
  if (typeof header !== 'string') return [];
  const pairs = header.split(';').map((pair) => pair.replace(SPACE_BEFORE, '').trimEnd());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}
