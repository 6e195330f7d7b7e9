import { Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { bearerTokenOf, type Carrier } from '../guards/credentials';
import { LOGOUT_ALL } from '../revocation/revocation.service';
import { AuthenticationService } from '../sessions/authentication.service';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import { type AccessTokenClaims, AccessTokenService } from '../tokens/access-token.service';

/** Reads the access token of requests that no guard stands before. */
@Injectable()
export class BearerReader {
  constructor(
    private readonly accessTokens: AccessTokenService,
    private readonly authentication: AuthenticationService,
    private readonly store: RefreshTokenStore,
  ) {}

  /** What ends sessions asks the row, whatever guards do. @throws JwtRefreshError `access_token_*` */
  async get(request: Carrier): Promise<AccessTokenClaims> {
    const token = bearerTokenOf(request);
    if (token === null) throw new JwtRefreshError('access_token_missing');
    return this.authentication.authenticate(token, { check: 'strict' });
  }

  /** Like {@link get}; null if the session was ended with all others of its user: whoever logs out everywhere again, has done so. */
  async findUnlessEndedWithAll(request: Carrier): Promise<AccessTokenClaims | null> {
    try {
      return await this.get(request);
    } catch (error) {
      if (error instanceof JwtRefreshError && error.code === 'access_token_revoked' && (await this.isEndedWithAll(request))) return null;
      throw error;
    }
  }

  private async isEndedWithAll(request: Carrier): Promise<boolean> {
    const claims = await this.findGenuine(request);
    const session = claims && (await this.store.findById(claims.sid));
    return session?.revokedReason === LOGOUT_ALL;
  }

  /** The claims of a genuine token of any audience, even if it or its session has ended; null for anything else. */
  findGenuine(request: Carrier): Promise<AccessTokenClaims | null> {
    return this.accessTokens.findGenuine(bearerTokenOf(request) ?? '');
  }
}
