import { AuthClientError } from 'nestjs-jwt-refresh/client';
import type { ErrorBody } from './types';

/** A request that did not succeed. Status 0: no answer at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Seconds the server asks to wait. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const networkError = (): ApiError => new ApiError(0, 'network', 'The server did not answer.');

/** What the auth client threw; anything else came from `fetch`, without an answer. */
export function fromAuthClient(error: unknown): ApiError {
  if (!(error instanceof AuthClientError) || error.status === 0) return networkError();
  const { status, code, message, retryAfter } = error;
  return new ApiError(status, code, message, Math.ceil(retryAfter / 1000) || null);
}

export const isApiError = (error: unknown): error is ApiError => error instanceof ApiError;

export async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const message = Array.isArray(body.message) ? body.message.join('; ') : body.message;
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ApiError(
    response.status,
    body.code ?? `http_${response.status}`,
    message || response.statusText || 'The request failed.',
    retryAfter || null,
  );
}
