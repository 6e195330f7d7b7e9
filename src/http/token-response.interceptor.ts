import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { carrierOf } from '../guards/credentials';
import { TokenPair } from '../tokens/token-pair';
import { ErrorPresenter } from './error-presenter';
import { responseOf } from './response-header';
import { TokenTransport } from './token-transport';

/** Methods that a site can make a browser send by a link, an image or a redirect, such as a callback of single sign-on. */
const SAFE_METHODS: readonly unknown[] = ['GET', 'HEAD'];

/**
 * For handlers that return a {@link TokenPair}, such as the host's login: puts the refresh token where the request wants it,
 * adds `Cache-Control: no-store` (RFC 6749 §5.1) and, unless switched off, the access token as the header
 * `Authorization: Bearer …`. Where the refresh token goes into a cookie, a request from another site is refused with
 * `cross_site_request` before the handler runs, so that nobody is logged in to an account that is not theirs.
 *
 * @example
 * ```ts
 * @Post('login') @UseInterceptors(TokenResponseInterceptor)
 * login(@Body() body: LoginDto) { return this.jwtRefresh.issue({ subject: … }) }
 * ```
 */
@Injectable()
export class TokenResponseInterceptor implements NestInterceptor {
  constructor(
    private readonly transport: TokenTransport,
    private readonly presenter: ErrorPresenter,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.assertOwn(context);
    const respond = (pair: TokenPair) => this.transport.deliver(pair, carrierOf(context), responseOf(context));
    return next.handle().pipe(map((answer: unknown) => (answer instanceof TokenPair ? respond(answer) : answer)));
  }

  private assertOwn(context: ExecutionContext): void {
    const request = carrierOf(context);
    try {
      if (!SAFE_METHODS.includes(request.method)) this.transport.assertOwn(request);
    } catch (error) {
      throw this.presenter.present(error, context);
    }
  }
}
