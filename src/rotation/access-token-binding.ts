import { Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import { type AccessTokenClaims, AccessTokenService } from '../tokens/access-token.service';
import type { DecodedRefreshToken } from '../tokens/refresh-token.codec';

/** Holds a refresh to the access token that came with it, as the option `accessTokenOnRefresh` says. */
@Injectable()
export class AccessTokenBinding {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly accessTokens: AccessTokenService,
    private readonly store: RefreshTokenStore,
  ) {}

  /** @throws JwtRefreshError `access_token_missing`, `access_token_expired` or `access_token_invalid` */
  async assertBound(refreshToken: DecodedRefreshToken, accessToken: string | null): Promise<void> {
    const isNeeded = this.options.accessTokenOnRefresh !== 'ignore';
    const claims = await (isNeeded ? this.neededClaims(refreshToken, accessToken) : this.claimsIfGenuine(accessToken));
    if (claims && claims.sid !== refreshToken.familyId) throw new JwtRefreshError('access_token_invalid');
  }

  /**
   * A legacy token has no session yet that an access token could be of, so none is demanded of it.
   *
   * @throws JwtRefreshError `access_token_invalid`
   */
  async assertUnbound(accessToken: string | null): Promise<void> {
    if (await this.claimsIfGenuine(accessToken)) throw new JwtRefreshError('access_token_invalid');
  }

  /** A key is given out without an access token, so none is demanded of it. */
  private async neededClaims({ familyId }: DecodedRefreshToken, accessToken: string | null): Promise<AccessTokenClaims | null> {
    try {
      return await this.verify(accessToken);
    } catch (error) {
      const session = await this.store.findById(familyId);
      if (session?.kind === 'key') return this.claimsIfGenuine(accessToken);
      throw error;
    }
  }

  private async verify(accessToken: string | null): Promise<AccessTokenClaims> {
    if (accessToken === null) throw new JwtRefreshError('access_token_missing');
    return this.accessTokens.verify(accessToken, { allowExpired: this.options.accessTokenOnRefresh === 'allow-expired', audience: null });
  }

  /** Where none is needed, a token that proves nothing is as good as none: a client may send what it has. */
  private async claimsIfGenuine(accessToken: string | null): Promise<AccessTokenClaims | null> {
    return accessToken === null ? null : this.accessTokens.findGenuine(accessToken);
  }
}
