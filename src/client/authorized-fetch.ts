import type { AccessTokenSource } from './access-token';
import type { AuthClient } from './auth-client';
import { jsonOf } from './auth-server';
import type { Settings } from './settings';

/** `fetch` with the access token, for those who may have it. */
export function createAuthorizedFetch({ fetch, origins, resolve }: Settings, tokens: AccessTokenSource): AuthClient['fetch'] {
  return async (input, init = {}) => {
    const request = input instanceof Request ? input : null;
    const url = resolve(request?.url ?? (input as string | URL));
    const headers = new Headers(init.headers ?? request?.headers);
    const signal = init.signal ?? request?.signal;
    const mayHave = origins.includes(url.origin) && !headers.has('authorization');
    const token = mayHave ? await tokens.get({ signal }) : null;
    if (!token) return fetch(request ?? url, init);
    const send = (access: string, target: Request | URL) => {
      headers.set('authorization', `Bearer ${access}`);
      return fetch(target, { ...init, headers });
    };
    const response = await send(token, request?.clone() ?? url);
    if (response.status !== 401 || !(await isCurable(response))) return response;
    const renewed = await tokens.replace(token, signal);
    // A stream can't be sent a second time; those who send one must say so (Fetch §5.3).
    if (!renewed || 'duplex' in init) return response;
    void response.body?.cancel();
    return send(renewed, request ?? url);
  };
}

/**
 * Whether a refresh may help: the challenge calls the access token invalid (RFC 6750 §3.1), or, where it names no error or
 * can't be read from another origin, the code does, or nothing at all is said. A login that is not fresh enough
 * (RFC 9470 §3) has an error of its own.
 */
async function isCurable(response: Response): Promise<boolean> {
  const error = response.headers.get('www-authenticate')?.match(/error="?(\w+)/)?.[1];
  if (error) return error === 'invalid_token';
  const body = (await jsonOf(response.clone())) as { code?: unknown } | null;
  return body?.code === undefined || /^access_token_/.test(body.code as string);
}
