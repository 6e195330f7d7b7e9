import type { AccessTokenRequest } from './auth-client';
import type { AuthClientError } from './auth-client-error';
import { abortable } from './browser';
import type { Session } from './session';
import { remaining, type Tokens } from './tokens';

export type AccessTokenSource = ReturnType<typeof createAccessTokenSource>;

/** Hands out access tokens, refreshed if need be. */
export function createAccessTokenSource(
  now: () => number,
  { current, state }: Session,
  refresh: () => Promise<void>,
  failure: () => AuthClientError | null,
) {
  const obtain = async (isGood: (tokens: Tokens) => boolean, signal?: AbortSignal | null, force?: boolean): Promise<string | null> => {
    const tokens = current();
    if (tokens && isGood(tokens)) return tokens.access;
    if (!force && state().status === 'signed-out') return null;
    const reason = failure();
    if (!force && reason) throw reason;
    await abortable(refresh(), signal);
    return current()?.access ?? null;
  };
  return {
    get: ({ minTtl = 0, forceRefresh, signal }: AccessTokenRequest = {}) =>
      obtain((tokens) => !forceRefresh && remaining(tokens, now()) > minTtl * 1000, signal, forceRefresh),

    /** Another than the one that was refused. */
    replace: (refused: string, signal?: AbortSignal | null) => obtain(({ access }) => access !== refused, signal),
  };
}
