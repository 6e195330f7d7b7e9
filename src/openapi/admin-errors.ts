import { ADMIN_ACTION, type AdminActionInfo } from '../admin/admin-action';
import type { JwtRefreshErrorCode } from '../errors';
import { ACCESS_TOKEN_ERRORS, Errors } from './openapi';

/** The errors of a route of the admin API, its guards' included: what it changes, it says below. */
export function AdminErrors(...own: JwtRefreshErrorCode[]): MethodDecorator {
  return (target, name, descriptor) => {
    const action = Reflect.getMetadata(ADMIN_ACTION, descriptor.value as object) as AdminActionInfo | undefined;
    const login: JwtRefreshErrorCode[] = action?.needsFreshLogin ? ['fresh_login_required'] : [];
    const change: JwtRefreshErrorCode[] = action?.changes ? ['admin_read_only'] : [];
    Errors(...own, ...ACCESS_TOKEN_ERRORS, ...login, 'admin_forbidden', ...change, 'temporarily_unavailable')(target, name, descriptor);
  };
}
