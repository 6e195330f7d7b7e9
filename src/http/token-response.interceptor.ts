import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { TokenPair } from '../tokens/token-pair';
import { setResponseHeader } from './response-header';

/**
 * For handlers that return a {@link TokenPair}, such as the host's login: adds `Cache-Control: no-store`
 * (RFC 6749 §5.1) and, unless switched off, the access token as the header `Authorization: Bearer …`.
 *
 * @example
 * ```ts
 * @Post('login') @UseInterceptors(TokenResponseInterceptor)
 * login(@Body() body: LoginDto) { return this.jwtRefresh.issue({ subject: … }) }
 * ```
 */
@Injectable()
export class TokenResponseInterceptor implements NestInterceptor {
  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((answer: unknown) => {
        if (answer instanceof TokenPair) this.addHeaders(context, answer);
        return answer;
      }),
    );
  }

  private addHeaders(context: ExecutionContext, { accessToken }: TokenPair): void {
    setResponseHeader(context, 'Cache-Control', 'no-store');
    if (this.options.response.authorizationHeader) setResponseHeader(context, 'Authorization', `Bearer ${accessToken}`);
  }
}
