import { AuthClientError } from './auth-client-error';
import type { Settings } from './settings';

/** What is kept of a token response. */
export interface Tokens {
  /** The session: the access token's `sid`, or something made up. */
  id: string;
  access: string;
  /** Only in body mode. */
  refresh?: string;
  /** When the request was sent that brought them, in milliseconds. */
  from: number;
  /** Milliseconds that the access token lives; very many if the server did not say. */
  life: number;
}

const FOREVER_MS = 1e15;

const at = (body: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], body);

/** Reads a token response (RFC 6749 §5.1). `previous` are the tokens it succeeds. @throws AuthClientError `no_tokens` if it is none */
export function readTokens(body: unknown, from: number, settings: Settings, previous?: Tokens | null): Tokens {
  const access = at(body, settings.accessTokenProp);
  // RFC 6749 §6: without a new refresh token the old one stays good.
  const refresh = settings.cookie ? undefined : (at(body, settings.refreshTokenProp) ?? previous?.refresh);
  if (typeof access !== 'string' || !(settings.cookie || typeof refresh === 'string')) throw new AuthClientError(200, body);
  const id = sidOf(access) ?? previous?.id ?? `${Math.random()}`;
  return { id, access, refresh: refresh as string | undefined, from, life: Number(at(body, 'expires_in')) * 1000 || FOREVER_MS };
}

/** The access token belongs to the server, but a JWT says whose session it is. */
function sidOf(jwt: string): string | undefined {
  try {
    return (JSON.parse(atob(jwt.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))) as { sid?: string }).sid;
  } catch {
    return undefined;
  }
}

/**
 * Milliseconds that the access token still lives by this clock, which is never compared with the token's own `exp`. A clock
 * that stands before the request was set back: nobody knows how long ago that was, so the token counts as spent.
 */
export function remaining({ from, life }: Tokens, now: number): number {
  return now < from ? 0 : from + life - now;
}
