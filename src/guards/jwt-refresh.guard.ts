import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { ErrorPresenter } from '../http/error-presenter';
import { responseOf } from '../http/response-header';
import { TokenTransport } from '../http/token-transport';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RotationService } from '../rotation/rotation.service';
import { NOT_ADOPTED } from '../sessions/adoption.service';
import { deviceFromRequest } from '../sessions/device-info';
import type { RefreshToken } from '../sessions/refresh-token.entity';
import { TokenMinter } from '../tokens/token-minter';
import { ThrottleService } from '../throttling/throttle.service';
import { carrierOf, type Carrier } from './credentials';

/**
 * For a host's own routes that take a refresh token: lets a request in whose token could be refreshed now, without
 * exchanging it, and offers the session through `@CurrentSession()`. A replayed token revokes its family here too.
 */
@Injectable()
export class JwtRefreshGuard implements CanActivate {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly transport: TokenTransport,
    private readonly minter: TokenMinter,
    private readonly rotation: RotationService,
    private readonly throttle: ThrottleService,
    private readonly presenter: ErrorPresenter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const carrier = carrierOf(context);
    try {
      carrier.refreshSession = await this.sessionOf(carrier);
      return true;
    } catch (error) {
      this.transport.clearAfter(error, carrier, responseOf(context));
      throw this.presenter.present(error, context);
    }
  }

  private async sessionOf(carrier: Carrier): Promise<RefreshToken> {
    const asked = this.options.clock.now();
    const token = await this.minter.decode(this.transport.getRefreshToken(carrier));
    if (!token) await this.throttle.countInvalidToken(carrier);
    if (!token) throw new JwtRefreshError('refresh_token_invalid', {}, { cause: this.options.hooks.adoptLegacyToken && NOT_ADOPTED });
    const { session } = await this.rotation.admit(token, { asked, device: deviceFromRequest(carrier), request: carrier });
    return session;
  }
}
