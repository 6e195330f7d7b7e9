import { Injectable } from '@nestjs/common';
import type { SessionCheckMode } from '../jwt-refresh.options';
import { SessionCheckService } from '../revocation/session-check.service';
import { Confirmations } from '../rotation/confirmations';
import { type AccessTokenClaims, AccessTokenService } from '../tokens/access-token.service';

/** What a route demands of an access token beyond the options. */
export interface RouteDemands {
  /** The one `aud` it takes. @default one of the option `audience` */
  readonly audience?: string;
  /** How it learns of revocation. @default the option `revocation.check` */
  readonly check?: SessionCheckMode;
}

/** Says whose an access token is: it is genuine, in time, and of a session that lives. */
@Injectable()
export class AuthenticationService {
  constructor(
    private readonly accessTokens: AccessTokenService,
    private readonly sessionCheck: SessionCheckService,
    private readonly confirmations: Confirmations,
  ) {}

  /** @throws JwtRefreshError `access_token_invalid`, `access_token_expired`, `access_token_revoked`, `temporarily_unavailable` */
  async authenticate(accessToken: string, { audience, check }: RouteDemands = {}): Promise<AccessTokenClaims> {
    const claims = await this.accessTokens.verify(accessToken, { audience });
    await this.sessionCheck.assertLive(claims, check);
    this.confirmations.see(claims.sid, claims.gen);
    return claims;
  }
}
