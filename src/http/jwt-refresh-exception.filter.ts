import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { JwtRefreshError } from '../errors';
import { ErrorPresenter } from './error-presenter';

/** Answers the module's own errors on the module's own controllers. */
@Catch(JwtRefreshError)
export class JwtRefreshExceptionFilter extends BaseExceptionFilter {
  constructor(
    private readonly presenter: ErrorPresenter,
    { httpAdapter }: HttpAdapterHost,
  ) {
    super(httpAdapter);
  }

  override catch(error: JwtRefreshError, host: ArgumentsHost): void {
    super.catch(this.presenter.present(error, host), host);
  }
}
