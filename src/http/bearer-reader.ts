import { Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { bearerTokenOf, type Carrier } from '../guards/credentials';
import { AuthenticationService } from '../sessions/authentication.service';
import { type AccessTokenClaims, AccessTokenService } from '../tokens/access-token.service';

/** Reads the access token of requests that no guard stands before. */
@Injectable()
export class BearerReader {
  constructor(
    private readonly accessTokens: AccessTokenService,
    private readonly authentication: AuthenticationService,
  ) {}

  /** What ends sessions asks the row, whatever guards do. @throws JwtRefreshError `access_token_*` */
  async get(request: Carrier): Promise<AccessTokenClaims> {
    const token = bearerTokenOf(request);
    if (token === null) throw new JwtRefreshError('access_token_missing');
    return this.authentication.authenticate(token, { check: 'strict' });
  }

  /** The claims of a genuine token of any audience, even if it or its session has ended; null for anything else. */
  findGenuine(request: Carrier): Promise<AccessTokenClaims | null> {
    return this.accessTokens.findGenuine(bearerTokenOf(request) ?? '');
  }
}
