import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { JwtRefreshError, type JwtRefreshErrorCode } from '../errors';
import { type Carrier, carrierOf } from '../guards/credentials';
import { ErrorPresenter } from '../http/error-presenter';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { deviceFromRequest } from '../sessions/device-info';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import type { AccessTokenClaims } from '../tokens/access-token.service';
import { ADMIN_ACTION, type AdminActionInfo } from './admin-action';
import { AdminLog } from './admin.log';

const READING: AdminActionInfo = { name: 'read', changes: false, needsFreshLogin: false };

/** Stands behind `JwtAuthGuard` and lets administrators in: whom `admin.authorize` answers exactly `true` for. */
@Injectable()
export class AdminGuard implements CanActivate {
  private readonly logger = new Logger('JwtRefresh');

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly reflector: Reflector,
    private readonly store: RefreshTokenStore,
    private readonly log: AdminLog,
    private readonly presenter: ErrorPresenter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const carrier = carrierOf(context);
    const action = this.reflector.get<AdminActionInfo | undefined>(ADMIN_ACTION, context.getHandler()) ?? READING;
    try {
      if (!carrier.user) throw new JwtRefreshError('access_token_missing');
      const refusal = await this.findRefusal(carrier.user, carrier, action);
      if (refusal) await this.refuse(refusal, carrier.user, carrier, action);
      return true;
    } catch (error) {
      throw this.presenter.present(error, context);
    }
  }

  private async findRefusal(user: AccessTokenClaims, carrier: Carrier, action: AdminActionInfo): Promise<JwtRefreshErrorCode | null> {
    if (!(await this.isAdministrator(user, carrier))) return 'admin_forbidden';
    if (action.changes && this.options.admin.readOnly) return 'admin_read_only';
    if (action.needsFreshLogin && !(await this.isFresh(user))) return 'fresh_login_required';
    return null;
  }

  private async isAdministrator(user: AccessTokenClaims, request: Carrier): Promise<boolean> {
    try {
      return (await this.options.admin.authorize?.(user, request)) === true;
    } catch (error) {
      if (error instanceof HttpException) throw error;
      this.logger.error(`admin.authorize failed: ${error instanceof Error ? error.name : typeof error}`);
      throw new JwtRefreshError('temporarily_unavailable', {}, { cause: error });
    }
  }

  /** RFC 9470 §4: it is the login that must be young, not the access token. Nobody logged in for a key. */
  private async isFresh({ sid }: AccessTokenClaims): Promise<boolean> {
    const { freshFor } = this.options.admin;
    if (freshFor === null) return true;
    const session = await this.store.findById(sid);
    return session?.kind === 'session' && this.options.clock.now() - session.createdAt.getTime() <= freshFor * 1000;
  }

  private async refuse(code: JwtRefreshErrorCode, user: AccessTokenClaims, carrier: Carrier, action: AdminActionInfo): Promise<never> {
    const device = deviceFromRequest(carrier);
    await this.log.record({ type: 'admin.refused', reason: code, details: { action: action.name } }, { id: user.sub, device });
    throw new JwtRefreshError(code);
  }
}
