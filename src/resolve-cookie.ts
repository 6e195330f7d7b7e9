import type { CookieOptions } from './jwt-refresh.options';
import type { OptionsCheck } from './options-check';

/** The cookie's options with every default filled in. */
export type ResolvedCookie = Required<Omit<CookieOptions, 'domain' | 'allowInsecure'>> & { readonly domain?: string };

const MEMBERS = ['name', 'sameSite', 'secure', 'path', 'domain', 'partitioned', 'header', 'origins', 'allowInsecure'];

/** RFC 9110 §5.6.2: what names of cookies and headers are made of. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
/** Headers that any page may set, or that browsers and proxies send by themselves (Fetch §2.2.2): they prove nothing. */
const ANYBODYS_HEADER = new RegExp(
  '^((accept|content|sec|proxy|x-forwarded)(-.*)?|authorization|cache-control|connection|cookie|date|device-memory|dnt|downlink|dpr|ect|expect|forwarded|' +
    'host|keep-alive|origin|pragma|priority|range|referer|rtt|save-data|te|transfer-encoding|upgrade(-insecure-requests)?|user-agent|via|viewport-width|' +
    'width|x-real-ip)$',
  'i',
);
const PATH = /^\/[!-:<-~]*$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

export function resolveCookie(check: OptionsCheck, value: unknown): ResolvedCookie {
  const given = check.section('cookie', value, MEMBERS) as Record<keyof CookieOptions, unknown>;
  const cookie: ResolvedCookie = {
    name: matching(check, 'name', given.name ?? '__Host-refresh_token', TOKEN, 'must be a cookie name, without spaces and ;'),
    sameSite: check.oneOf('cookie.sameSite', given.sameSite ?? 'strict', ['strict', 'lax', 'none']),
    secure: check.flag('cookie.secure', given.secure ?? true),
    path: matching(check, 'path', given.path ?? '/', PATH, 'must begin with / and have no spaces and ;'),
    domain: given.domain === undefined ? undefined : matching(check, 'domain', given.domain, DOMAIN, 'must be a domain like example.com'),
    partitioned: check.flag('cookie.partitioned', given.partitioned ?? false),
    header: matching(check, 'header', given.header ?? 'X-Requested-With', TOKEN, 'must be the name of a request header').toLowerCase(),
    origins: resolveOrigins(check, given.origins ?? []),
  };
  if (ANYBODYS_HEADER.test(cookie.header))
    check.problem('cookie.header', 'must be a header that browsers let no other site send, such as X-Requested-With');
  refuseWhatBrowsersDrop(check, cookie);
  if (!check.flag('cookie.allowInsecure', given.allowInsecure ?? false)) refuseInsecure(check, cookie);
  return cookie;
}

function matching(check: OptionsCheck, name: keyof CookieOptions, value: unknown, shape: RegExp, sentence: string): string {
  if (typeof value === 'string' && shape.test(value)) return value;
  check.problem(`cookie.${name}`, sentence);
  return '';
}

/** No browser would keep such a cookie, and nobody would be told (RFC 6265bis §5.7). */
function refuseWhatBrowsersDrop(check: OptionsCheck, { name, secure, path, domain, sameSite, partitioned }: ResolvedCookie): void {
  if (/^__host-/i.test(name) && (path !== '/' || domain !== undefined)) {
    check.problem('cookie.name', "has the prefix __Host-, which needs path '/' and no domain; use __Secure- with them");
  }
  if (secure) return;
  if (/^__(host|secure)-/i.test(name)) check.problem('cookie.name', 'has a prefix that needs secure: true');
  if (sameSite === 'none') check.problem('cookie.sameSite', "'none' needs secure: true");
  if (partitioned) check.problem('cookie.partitioned', 'needs secure: true');
}

function refuseInsecure(check: OptionsCheck, { name, secure, sameSite }: ResolvedCookie): void {
  const unless = 'set cookie.allowInsecure for development';
  if (name && !/^__(host|secure)-/i.test(name)) check.problem('cookie.name', `has neither the prefix __Host- nor __Secure-; ${unless}`);
  if (!secure) check.problem('cookie.secure', `must be true; ${unless}`);
  if (sameSite === 'none') check.problem('cookie.sameSite', `'none' lets every site send the cookie; set cookie.allowInsecure if you mean it`);
}

function resolveOrigins(check: OptionsCheck, value: unknown): string[] {
  if (!Array.isArray(value)) {
    check.problem('cookie.origins', 'must be a list of origins');
    return [];
  }
  value.forEach((origin, index) => {
    if (!isOrigin(origin)) check.problem(`cookie.origins[${index}]`, 'must be an origin like https://app.example.com, without a path');
  });
  return value as string[];
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && /^https?:$/.test(protocolOf(value)) && new URL(value).origin === value;
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
