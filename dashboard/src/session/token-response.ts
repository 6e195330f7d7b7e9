import { config } from '../app/config';

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** By this clock, in ms; null when the server did not say. */
  accessExpiresAt: number | null;
}

const at = (body: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined), body);

/** `expires_in` stands beside the access token, wherever the host puts that. */
const siblingOf = (path: string, name: string): string => [...path.split('.').slice(0, -1), name].join('.');

export function readTokens(body: unknown, requestedAt: number): Tokens | null {
  const accessToken = at(body, config.accessTokenProp);
  const refreshToken = at(body, config.refreshTokenProp);
  if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') return null;
  const expiresIn = at(body, siblingOf(config.accessTokenProp, 'expires_in'));
  return { accessToken, refreshToken, accessExpiresAt: typeof expiresIn === 'number' ? requestedAt + expiresIn * 1000 : null };
}
