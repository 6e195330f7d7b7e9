import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { JwtRefreshError } from '../errors';
import { ErrorPresenter } from './error-presenter';

/**
 * Answers the module's own errors, also where a host's handler or passport let one through. Other transports than HTTP
 * handle them by themselves: they are `HttpException`s.
 */
@Catch(JwtRefreshError)
export class JwtRefreshExceptionFilter extends BaseExceptionFilter {
  constructor(
    private readonly presenter: ErrorPresenter,
    { httpAdapter }: HttpAdapterHost,
  ) {
    super(httpAdapter);
  }

  override catch(error: JwtRefreshError, host: ArgumentsHost): void {
    if (host.getType<string>() === 'http') super.catch(this.presenter.present(error, host), host);
  }
}
