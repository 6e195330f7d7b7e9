import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor, StreamableFile } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import { setResponseHeader } from '../http/response-header';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';

/** No answer to an administrator is kept anywhere on its way; a file says how many rows it may have. */
@Injectable()
export class AdminHeadersInterceptor implements NestInterceptor {
  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    setResponseHeader(context, 'Cache-Control', 'no-store');
    setResponseHeader(context, 'X-Content-Type-Options', 'nosniff');
    return next.handle().pipe(
      tap((answer) => {
        if (answer instanceof StreamableFile) setResponseHeader(context, 'X-Row-Limit', String(this.options.admin.exportLimit));
      }),
    );
  }
}
