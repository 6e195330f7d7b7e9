import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  HttpCode,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { from, type Observable } from 'rxjs';
import { carrierOf } from '../guards/credentials';
import { ErrorPresenter } from './error-presenter';
import { RefreshExchange } from './refresh-exchange';
import { responseOf } from './response-header';
import { TokenResponseInterceptor } from './token-response.interceptor';

/**
 * Whether a request on a login route is a refresh: its body has `grant_type: 'refresh_token'` (RFC 6749 §6). For a guard of the
 * host's that checks a password and must let a refresh pass.
 *
 * @example
 * ```ts
 * class PasswordGuard extends AuthGuard('local') {
 *   canActivate(context: ExecutionContext) { return isRefreshGrant(context) || super.canActivate(context) }
 * }
 * ```
 */
export function isRefreshGrant(context: ExecutionContext): boolean {
  const { body } = carrierOf(context);
  return typeof body === 'object' && body !== null && (body as { grant_type?: unknown }).grant_type === 'refresh_token';
}

/** Answers a refresh on the login route; anything else reaches the handler. */
@Injectable()
export class RefreshGrantInterceptor implements NestInterceptor {
  constructor(
    private readonly exchange: RefreshExchange,
    private readonly tokenResponse: TokenResponseInterceptor,
    private readonly presenter: ErrorPresenter,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handle = () => (isRefreshGrant(context) ? from(this.refresh(context)) : next.handle());
    return this.tokenResponse.intercept(context, { handle });
  }

  private async refresh(context: ExecutionContext): Promise<unknown> {
    try {
      return await this.exchange.refresh(carrierOf(context), responseOf(context));
    } catch (error) {
      throw this.presenter.present(error, context);
    }
  }
}

/**
 * For the host's login route: a body with `grant_type: 'refresh_token'` is a refresh, as aurelia-authentication sends it, and
 * never reaches the handler or its pipes; anything else is a login. Answers 200, and does what
 * {@link TokenResponseInterceptor} does, for both.
 *
 * @example
 * ```ts
 * @Public() @Post('login') @RefreshGrant()
 * login(@Body() body: LoginDto) { return this.jwtRefresh.issue({ subject: … }) }
 * ```
 */
export const RefreshGrant = (): MethodDecorator => applyDecorators(HttpCode(200), UseInterceptors(RefreshGrantInterceptor));
