import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ErrorPresenter } from '../http/error-presenter';
import { JwtRefreshError } from '../errors';
import { AuthenticationService, type RouteDemands } from '../sessions/authentication.service';
import type { AccessTokenClaims } from '../tokens/access-token.service';
import { bearerTokenOf, carrierOf } from './credentials';
import { RouteReader } from './route-reader';

/**
 * Lets a request in that carries a good access token of a live session, and puts its claims at `request.user`. Works for
 * HTTP, GraphQL and WebSocket contexts. Refusals are 401 with `WWW-Authenticate: Bearer` (RFC 6750 §3).
 */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  private readonly routes: RouteReader;

  constructor(
    reflector: Reflector,
    private readonly authentication: AuthenticationService,
    private readonly presenter: ErrorPresenter,
  ) {
    this.routes = new RouteReader(reflector);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = this.routes.read(context);
    if (route.mode === 'public') return true;
    const carrier = carrierOf(context);
    const token = bearerTokenOf(carrier);
    if (token === null && route.mode === 'optional') return true;
    try {
      carrier.user = await this.authenticate(token, route);
      return true;
    } catch (error) {
      throw this.presenter.present(error, context);
    }
  }

  private authenticate(token: string | null, demands: RouteDemands): Promise<AccessTokenClaims> {
    if (token === null) throw new JwtRefreshError('access_token_missing');
    return this.authentication.authenticate(token, demands);
  }
}
