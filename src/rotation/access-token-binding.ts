import { Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { type AccessTokenClaims, AccessTokenService } from '../tokens/access-token.service';
import type { DecodedRefreshToken } from '../tokens/refresh-token.codec';

/** Holds a refresh to the access token that came with it, as the option `accessTokenOnRefresh` says. */
@Injectable()
export class AccessTokenBinding {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly accessTokens: AccessTokenService,
  ) {}

  /** @throws JwtRefreshError `access_token_missing`, `access_token_expired` or `access_token_invalid` */
  assertBound(refreshToken: DecodedRefreshToken, accessToken: string | null): void {
    const claims = this.options.accessTokenOnRefresh === 'ignore' ? this.claimsIfGenuine(accessToken) : this.neededClaims(accessToken);
    if (claims && claims.sid !== refreshToken.familyId) throw new JwtRefreshError('access_token_invalid');
  }

  /**
   * A legacy token has no session yet that an access token could be of, so none is demanded of it.
   *
   * @throws JwtRefreshError `access_token_invalid`
   */
  assertUnbound(accessToken: string | null): void {
    if (this.claimsIfGenuine(accessToken)) throw new JwtRefreshError('access_token_invalid');
  }

  private neededClaims(accessToken: string | null): AccessTokenClaims {
    if (accessToken === null) throw new JwtRefreshError('access_token_missing');
    return this.accessTokens.verify(accessToken, { allowExpired: this.options.accessTokenOnRefresh === 'allow-expired', audience: null });
  }

  /** Where none is needed, a token that proves nothing is as good as none: a client may send what it has. */
  private claimsIfGenuine(accessToken: string | null): AccessTokenClaims | null {
    return accessToken === null ? null : this.accessTokens.findGenuine(accessToken);
  }
}
