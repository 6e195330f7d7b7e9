import { type ArgumentsHost, Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { setResponseHeader } from './response-header';

/** Gives an error its public side: the host's own status and sentence, and the headers a client needs. */
@Injectable()
export class ErrorPresenter {
  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {}

  /** The error to throw on; whatever is not the module's own stays as it is. */
  present(error: unknown, host: ArgumentsHost): unknown {
    if (!(error instanceof JwtRefreshError)) return error;
    const override = { ...this.options.errors[error.code], message: this.sentenceFor(error) };
    const presented = new JwtRefreshError(error.code, override, { cause: error.cause, retryAfter: error.retryAfter });
    const challenge = challengeFor(presented, this.options.admin.freshFor);
    if (challenge) setResponseHeader(host, 'WWW-Authenticate', challenge);
    setErrorHeaders(error, host);
    return presented;
  }

  /** The host's own sentence for an error, or the module's. */
  sentenceFor(error: JwtRefreshError): string {
    return this.options.errors[error.code]?.message ?? error.message;
  }
}

/** The headers that do not depend on how an error is written down. */
export function setErrorHeaders({ retryAfter }: JwtRefreshError, host: ArgumentsHost): void {
  if (retryAfter !== null) setResponseHeader(host, 'Retry-After', String(retryAfter));
  setResponseHeader(host, 'Cache-Control', 'no-store');
}

/** A sentence with the characters that `error_description` may have (RFC 6749 §5.2, RFC 6750 §3). */
export function toDescription(sentence: string): string {
  return sentence.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, ' ');
}

/**
 * Every 401 has a challenge (RFC 9110 §15.5.2). It names an error only for an access token that is there and unusable
 * (RFC 6750 §3, §3.1).
 */
function challengeFor(error: JwtRefreshError, freshFor: number | null): string | null {
  if (error.getStatus() !== 401) return null;
  // RFC 9470 §3: the challenge says how young the login must be.
  if (error.code === 'fresh_login_required') return `Bearer error="insufficient_user_authentication", max_age=${freshFor}`;
  if (error.code === 'access_token_missing' || !error.code.startsWith('access_token_')) return 'Bearer';
  return `Bearer error="invalid_token", error_description="${toDescription(error.message)}"`;
}
