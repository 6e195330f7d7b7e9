/**
 * A request to the auth routes that brought no tokens. It never carries a token. While it is about a refresh, the user is
 * still signed in: a session that is over is a change of {@link AuthClient.state}, not an error.
 */
export class AuthClientError extends Error {
  /** The server's code (`temporarily_unavailable`), or `network` without an answer, or `no_tokens` for an answer that is not the server's. */
  declare readonly code: string;
  /** HTTP status; 0 without an answer. */
  declare readonly status: number;
  /** The JSON of the answer, if it was JSON: for instance what a login says about the password. */
  declare readonly body: unknown;
  /** Milliseconds that the server asked to wait (`Retry-After`, RFC 9110 §10.2.3); 0 if it did not. */
  declare readonly retryAfter: number;

  constructor(status: number, body?: unknown, retryAfter = 0, cause?: unknown) {
    const { code = status ? 'no_tokens' : 'network', message = code } = (body ?? {}) as { code?: string; message?: string };
    super(message, { cause });
    Object.assign(this, { name: 'AuthClientError', code, status, body, retryAfter });
  }
}
