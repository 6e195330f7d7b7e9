import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';

/** What an error is called at the OAuth routes: RFC 6749 §5.2, RFC 6750 §3.1, and for trouble of the server RFC 6749 §4.1.2.1. */
export type OAuthErrorName =
  'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type' | 'invalid_scope' | 'invalid_token' | 'temporarily_unavailable';

interface ErrorDefinition {
  readonly status: number;
  readonly message: string;
  readonly oauth?: OAuthErrorName;
}

/**
 * Every error that leaves the module towards a client: code → HTTP status and public sentence, and the name that it has at
 * the OAuth routes, if it can occur there.
 * A host changes either through the option {@link JwtRefreshOptions.errors}.
 */
export const ERROR_TABLE = {
  /** The request carries no refresh token, or something that is not a text. RFC 6749 §5.2 `invalid_request`. */
  refresh_token_missing: {
    status: 400,
    message: 'Send the refresh token as a text in the request body.',
    oauth: 'invalid_request',
  },
  /** Unknown, forged, malformed, or not acceptable for this request. A stranger never learns more than this. RFC 6749 §5.2 `invalid_grant`. */
  refresh_token_invalid: { status: 401, message: 'The refresh token is not valid. Log in again.', oauth: 'invalid_grant' },
  /** The session reached its idle or its absolute end. */
  refresh_token_expired: { status: 401, message: 'The session has expired. Log in again.', oauth: 'invalid_grant' },
  /** The session was ended by a logout, an administrator or a limit. */
  refresh_token_revoked: { status: 401, message: 'The session was ended. Log in again.', oauth: 'invalid_grant' },
  /** A spent refresh token came back after the grace period; its family is revoked. RFC 9700 §4.14.2. */
  refresh_token_reused: {
    status: 401,
    message: 'This refresh token was used before, so the session was ended for safety. Log in again.',
    oauth: 'invalid_grant',
  },
  /** No access token where one is needed. RFC 6750 §3. */
  access_token_missing: { status: 401, message: 'Send an access token: Authorization: Bearer <token>.', oauth: 'invalid_request' },
  /** Malformed, forged, of another kind, for another audience or another session. RFC 6750 §3.1 `invalid_token`. */
  access_token_invalid: { status: 401, message: 'The access token is not valid.', oauth: 'invalid_token' },
  /** Past its `exp`. RFC 7519 §4.1.4. */
  access_token_expired: { status: 401, message: 'The access token has expired. Refresh it.', oauth: 'invalid_token' },
  /** Its session was revoked or has ended. */
  access_token_revoked: { status: 401, message: 'The session of this access token has ended. Log in again.' },
  /** No such session among the caller's own. */
  session_not_found: { status: 404, message: 'There is no such session.' },
  /** The signed-in user is no administrator: `admin.authorize` did not answer `true`. RFC 9110 §15.5.4. */
  admin_forbidden: { status: 403, message: 'Only administrators may do this.' },
  /** A change while the option `admin.readOnly` is on. */
  admin_read_only: { status: 403, message: 'The administration of refresh tokens is read-only here.' },
  /** The action needs a login younger than the option `admin.freshFor`. RFC 9470 §3. */
  fresh_login_required: { status: 401, message: 'Log in again to do this.' },
  /** The admin API knows no such token family. */
  refresh_token_not_found: { status: 404, message: 'There is no such refresh token.' },
  /** A request that carries the refresh token's cookie, from another site or without the header that no form can send. */
  cross_site_request: { status: 403, message: "Send this from one of the application's own pages, with the header x-requested-with." },
  /** A parameter or member is missing, unknown or wrong; the message names each of them. */
  request_invalid: { status: 400, message: 'The request is not valid.', oauth: 'invalid_request' },
  /** The OAuth client is missing, unknown, not authenticated, or may not do this. RFC 6749 §5.2 `invalid_client`. */
  client_invalid: { status: 401, message: 'Client authentication failed.', oauth: 'invalid_client' },
  /** The token endpoint knows one grant. RFC 6749 §5.2 `unsupported_grant_type`. */
  grant_type_unsupported: { status: 400, message: 'The grant type must be refresh_token.', oauth: 'unsupported_grant_type' },
  /** More than the session's scope was asked for. RFC 6749 §5.2 `invalid_scope`. */
  scope_invalid: { status: 400, message: 'The scope is not valid or more than was granted.', oauth: 'invalid_scope' },
  /** Too many refreshes of one session, or too many tokens that are not valid from one address. Nothing changed. RFC 6585 §4. */
  too_many_requests: {
    status: 429,
    message: 'Too many requests. Send the same request again later.',
    oauth: 'temporarily_unavailable',
  },
  /** The database can't answer now. Nothing was lost or revoked; the same request may be sent again. RFC 9110 §15.6.4. */
  temporarily_unavailable: {
    status: 503,
    message: 'The service is temporarily unavailable. Send the same request again.',
    oauth: 'temporarily_unavailable',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** The stable code of a {@link JwtRefreshError}; `switch` on it. */
export type JwtRefreshErrorCode = keyof typeof ERROR_TABLE;

/** What an error is called at the OAuth routes; null for one that has no name there. */
export function oauthNameOf(code: JwtRefreshErrorCode): OAuthErrorName | null {
  const definition: ErrorDefinition = ERROR_TABLE[code];
  return definition.oauth ?? null;
}

/** Changes to the public side of an error: its HTTP status, its sentence, or both. */
export interface ErrorOverride {
  /** HTTP status, 400 to 599; 500 or more for `temporarily_unavailable`, which is never the client's fault. @default the status of {@link ERROR_TABLE} */
  status?: number;
  /** The sentence a client reads. @default the message of {@link ERROR_TABLE} */
  message?: string;
}

/** Overrides by error code. */
export type ErrorOverrides = Partial<Record<JwtRefreshErrorCode, ErrorOverride>>;

/** Errors that pass by themselves. */
const PASSING: readonly JwtRefreshErrorCode[] = ['temporarily_unavailable', 'too_many_requests'];

/**
 * The one error class that reaches clients. It is an `HttpException`, so every exception filter of a host treats it
 * well; `code` tells which of {@link ERROR_TABLE} it is. It never carries a token.
 *
 * @example
 * ```ts
 * try { await jwtRefresh.refresh(token) }
 * catch (error) { if (error instanceof JwtRefreshError && error.code === 'refresh_token_reused') alertSecurity() }
 * ```
 */
export class JwtRefreshError extends HttpException {
  /**
   * Seconds until the same request may be sent again, for the header `Retry-After` (RFC 9110 §10.2.3): 1 unless the one who throws
   * knows better. Null for an error that waiting doesn't cure.
   */
  readonly retryAfter: number | null;

  /**
   * @param override another status or message than those of {@link ERROR_TABLE}
   * @param options `cause`: for the host's logs, never in an answer; `retryAfter`: seconds. @default none
   */
  constructor(
    /** Which error this is. */
    readonly code: JwtRefreshErrorCode,
    override: ErrorOverride = {},
    options: { cause?: unknown; retryAfter?: number | null } = {},
  ) {
    const { status = ERROR_TABLE[code].status, message = ERROR_TABLE[code].message } = override;
    super({ statusCode: status, error: STATUS_CODES[status] ?? 'Error', code, message }, status, { cause: options.cause });
    this.message = message;
    this.retryAfter = options.retryAfter ?? (PASSING.includes(code) ? 1 : null);
  }
}

/**
 * Thrown at boot when options are wrong. Names every problem at once.
 */
export class JwtRefreshOptionsError extends Error {
  constructor(
    /** One sentence per problem, each starting with the option's path. */
    readonly problems: readonly string[],
  ) {
    super(`JwtRefreshModule can't start, ${problems.length} problem(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'JwtRefreshOptionsError';
  }
}
