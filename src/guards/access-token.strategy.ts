import { Injectable, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport';
import { ExtractJwt } from 'passport-jwt';
import { JwtRefreshError } from '../errors';
import { AuthenticationService } from '../sessions/authentication.service';
import type { AccessTokenClaims } from '../tokens/access-token.service';
import { bearerTokenOf } from './credentials';

type Verify = (token: string, done: (error: unknown, claims?: AccessTokenClaims) => void) => void;

/** As the guards do: passport-jwt's own pattern takes time that grows with the square of the header's length. */
const extractToken = ExtractJwt.fromExtractors([(request: object) => bearerTokenOf(request)]);

/** Stands in for passport-jwt's own, which verifies with jsonwebtoken and so has no EdDSA (RFC 8037). */
class BearerStrategy extends Strategy {
  constructor(private readonly verify: Verify) {
    super();
  }

  /** A token that proves nothing leaves the request to the next strategy of the route; any other refusal is final. */
  override authenticate(request: Parameters<typeof extractToken>[0]): void {
    const token = extractToken(request);
    if (!token) return this.fail('No auth token');
    this.verify(token, (error, claims) => {
      if (claims) this.success(claims);
      else if (error instanceof JwtRefreshError && error.code === 'access_token_invalid') this.fail(error.message);
      else this.error(error);
    });
  }
}

/**
 * A passport strategy for hosts whose routes use `AuthGuard(name)`. It accepts what `JwtAuthGuard` does on a route without
 * decorators: `@Public()`, `@Audience()` and `@SessionCheck()` are not read. That guard needs no passport and is faster.
 */
export function accessTokenStrategy(name: string): Type {
  @Injectable()
  class AccessTokenStrategy extends PassportStrategy(BearerStrategy, name) {
    constructor(private readonly authentication: AuthenticationService) {
      super();
    }

    validate(token: string): Promise<AccessTokenClaims> {
      return this.authentication.authenticate(token);
    }
  }
  return AccessTokenStrategy;
}
