import { absoluteUrl, config } from '../app/config';
import { reachable } from '../common/connection';
import { askForFreshLogin } from '../session/fresh-login';
import { session } from '../session/session';
import { ApiError, errorOf } from './api-error';

export type Query = Record<string, string | number | undefined>;

interface RequestOptions {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

const apiUrl = (path: string, query: Query = {}): string => {
  const url = new URL(absoluteUrl(config.api).replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  return url.href;
};

async function send(method: string, path: string, { query, body, signal }: RequestOptions): Promise<Response> {
  const headers: HeadersInit = body === undefined ? {} : { 'content-type': 'application/json' };
  try {
    const response = await session.fetch(apiUrl(path, query), {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    reachable.set(response.status < 500);
    if (!response.ok) throw await errorOf(response);
    return response;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) reachable.set(false);
    throw error;
  }
}

/** What an administrator asks for by hand may ask for a fresh login, and goes on after it. */
async function sendAsAction(method: string, path: string, options: RequestOptions): Promise<Response> {
  try {
    return await send(method, path, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'fresh_login_required' || !(await askForFreshLogin())) throw error;
    return send(method, path, options);
  }
}

export async function getJson<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await (await send('GET', path, { query, signal })).json()) as T;
}

export async function postJson<T>(path: string, body: unknown = {}): Promise<T> {
  return (await (await sendAsAction('POST', path, { body })).json()) as T;
}

export const download = (path: string, query: Query): Promise<Response> => sendAsAction('GET', path, { query });
