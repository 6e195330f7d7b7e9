import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ErrorPresenter } from '../http/error-presenter';
import { JwtRefreshError } from '../errors';
import type { SessionCheckMode } from '../jwt-refresh.options';
import { SessionCheckService } from '../revocation/session-check.service';
import { type AccessTokenClaims, AccessTokenService } from '../tokens/access-token.service';
import { bearerTokenOf, carrierOf } from './credentials';
import { ACCESS_MODE, type AccessMode, AUDIENCE, SESSION_CHECK } from './decorators';

/**
 * Lets a request in that carries a good access token of a live session, and puts its claims at `request.user`. Works for
 * HTTP, GraphQL and WebSocket contexts. Refusals are 401 with `WWW-Authenticate: Bearer` (RFC 6750 §3).
 */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly accessTokens: AccessTokenService,
    private readonly sessionCheck: SessionCheckService,
    private readonly presenter: ErrorPresenter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const mode = this.metadata<AccessMode>(ACCESS_MODE, context);
    if (mode === 'public') return true;
    const carrier = carrierOf(context);
    const token = bearerTokenOf(carrier);
    if (token === null && mode === 'optional') return true;
    try {
      carrier.user = await this.authenticate(token, context);
      return true;
    } catch (error) {
      throw this.presenter.present(error, context);
    }
  }

  private async authenticate(token: string | null, context: ExecutionContext): Promise<AccessTokenClaims> {
    if (token === null) throw new JwtRefreshError('access_token_missing');
    const claims = await this.accessTokens.verify(token, { audience: this.metadata<string>(AUDIENCE, context) });
    await this.sessionCheck.assertLive(claims, this.metadata<SessionCheckMode>(SESSION_CHECK, context));
    return claims;
  }

  private metadata<Value>(key: string, context: ExecutionContext): Value | undefined {
    return this.reflector.getAllAndOverride<Value | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}
