import { type CanActivate, type ExecutionContext, Inject, Injectable, NotFoundException } from '@nestjs/common';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';

/**
 * Stands before `JwtAuthGuard`: with options of a factory the routes are there before anybody knows whether they may be.
 * Without `admin.authorize` they look as if they were not.
 */
@Injectable()
export class AdminDoorGuard implements CanActivate {
  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.options.admin.authorize) return true;
    const { method, originalUrl } = context.switchToHttp().getRequest<{ method: string; originalUrl: string }>();
    throw new NotFoundException(`Cannot ${method} ${originalUrl}`);
  }
}
