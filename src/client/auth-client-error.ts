/** What an answer said, as far as it said it. */
interface Answer {
  status: number;
  body: unknown;
  /** Milliseconds. */
  retryAfter?: number;
}

/**
 * A request to the auth routes that brought no tokens. It never carries a token. While it is about a refresh, the user is
 * still signed in: a session that is over is a change of {@link AuthClient.state}, not an error.
 */
export class AuthClientError extends Error {
  /** The server's code (`temporarily_unavailable`), `network` without an answer, or `no_tokens` when the answer has none. */
  readonly code: string;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  /** The JSON of the answer, if it was JSON: for instance what a login says about the password. */
  readonly body: unknown;
  /** Milliseconds that the server asked to wait (`Retry-After`, RFC 9110 §10.2.3); 0 if it did not. */
  readonly retryAfter: number;

  constructor({ status, body, retryAfter = 0 }: Answer, options?: { cause?: unknown }) {
    const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
    super(typeof message === 'string' ? message : status ? `The server answered ${status} without tokens.` : 'The server did not answer.', options);
    this.name = 'AuthClientError';
    this.code = typeof code === 'string' ? code : status ? 'no_tokens' : 'network';
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}
