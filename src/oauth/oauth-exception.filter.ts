import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { JwtRefreshError, type OAuthErrorName, oauthNameOf } from '../errors';
import { ErrorPresenter, setErrorHeaders, toDescription } from '../http/error-presenter';
import { setResponseHeader } from '../http/response-header';

/** RFC 6749 §5.2: 400 unless it says another; RFC 6750 §3.1. */
const STATUSES: Partial<Record<OAuthErrorName, number>> = { invalid_client: 401, invalid_token: 401, temporarily_unavailable: 503 };

/** Answers the module's errors as RFC 6749 §5.2 says. An error without a name there, which only a host's hook can throw, is answered as anywhere. */
@Catch(JwtRefreshError)
export class OAuthExceptionFilter extends BaseExceptionFilter {
  constructor(
    private readonly presenter: ErrorPresenter,
    { httpAdapter }: HttpAdapterHost,
  ) {
    super(httpAdapter);
  }

  override catch(error: JwtRefreshError, host: ArgumentsHost): void {
    const name = oauthNameOf(error.code);
    super.catch(name === null ? this.presenter.present(error, host) : this.asOAuth(name, error, host), host);
  }

  private asOAuth(name: OAuthErrorName, error: JwtRefreshError, host: ArgumentsHost): HttpException {
    const description = toDescription(this.presenter.sentenceFor(error));
    const challenge = challengeFor(name, description);
    if (challenge) setResponseHeader(host, 'WWW-Authenticate', challenge);
    setErrorHeaders(error, host);
    return new HttpException({ error: name, error_description: description }, statusOf(error, name));
  }
}

/** Two errors share a name, because RFC 6749 has only one for "later"; their statuses tell them apart (RFC 6585 §4). */
function statusOf({ code }: JwtRefreshError, name: OAuthErrorName): number {
  return code === 'too_many_requests' ? 429 : (STATUSES[name] ?? 400);
}

/** RFC 9110 §15.5.2: a 401 has a challenge; it is that of the scheme a client can use (RFC 6749 §5.2). */
function challengeFor(name: OAuthErrorName, description: string): string | null {
  if (name === 'invalid_client') return 'Basic realm="oauth", charset="UTF-8"';
  return name === 'invalid_token' ? `Bearer error="invalid_token", error_description="${description}"` : null;
}
