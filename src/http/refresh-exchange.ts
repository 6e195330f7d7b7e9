import { Injectable } from '@nestjs/common';
import { bearerTokenOf, type Carrier } from '../guards/credentials';
import { JwtRefreshService } from '../jwt-refresh.service';
import { RefreshHooks } from '../rotation/refresh-hooks';
import type { TokenPair } from '../tokens/token-pair';
import type { HeaderWriter } from './response-header';
import { TokenTransport } from './token-transport';

/** Exchanges the refresh token of a request; the refresh route and `@RefreshGrant()` both do it this way. */
@Injectable()
export class RefreshExchange {
  constructor(
    private readonly jwtRefresh: JwtRefreshService,
    private readonly transport: TokenTransport,
    private readonly hooks: RefreshHooks,
  ) {}

  /** @throws JwtRefreshError `refresh_token_*`, `access_token_*`, `cross_site_request`, `too_many_requests`, `temporarily_unavailable` */
  async refresh(request: Carrier, response: HeaderWriter): Promise<TokenPair> {
    this.transport.assertOwn(request);
    await this.hooks.beforeRefreshRoute(request);
    const token = this.transport.getRefreshToken(request);
    try {
      return await this.jwtRefresh.refresh(token, { request, accessToken: bearerTokenOf(request) ?? undefined });
    } catch (error) {
      this.transport.clearAfter(error, request, response);
      throw error;
    }
  }
}
