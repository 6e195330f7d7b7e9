import { type ArgumentsHost, Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError, RETRY_AFTER_SECONDS } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { setResponseHeader } from './response-header';

/** Gives an error its public side: the host's own status and sentence, and the headers a client needs. */
@Injectable()
export class ErrorPresenter {
  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {}

  /** The error to throw on; whatever is not the module's own stays as it is. */
  present(error: unknown, host: ArgumentsHost): unknown {
    if (!(error instanceof JwtRefreshError)) return error;
    const override = { message: error.message, ...this.options.errors[error.code] };
    const presented = new JwtRefreshError(error.code, override, { cause: error.cause });
    const challenge = challengeFor(presented, this.options.admin.freshFor);
    if (challenge) setResponseHeader(host, 'WWW-Authenticate', challenge);
    if (error.code === 'temporarily_unavailable') setResponseHeader(host, 'Retry-After', String(RETRY_AFTER_SECONDS));
    setResponseHeader(host, 'Cache-Control', 'no-store');
    return presented;
  }
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
  return `Bearer error="invalid_token", error_description="${error.message.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, ' ')}"`;
}
