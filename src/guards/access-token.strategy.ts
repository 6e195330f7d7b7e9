import { Injectable, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { KeyObject } from 'node:crypto';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { SessionCheckService } from '../revocation/session-check.service';
import { type AccessTokenClaims, AccessTokenService } from '../tokens/access-token.service';
import type { Carrier } from './credentials';

type KeyCallback = (error: Error | null, key?: string) => void;

const extractToken = ExtractJwt.fromAuthHeaderAsBearerToken();

/**
 * A passport strategy for hosts whose routes use `AuthGuard(name)`. It accepts what `JwtAuthGuard` does on a route without
 * decorators: `@Public()`, `@Audience()` and `@SessionCheck()` are not read. That guard needs no passport and is faster.
 */
export function accessTokenStrategy(name: string): Type {
  @Injectable()
  class AccessTokenStrategy extends PassportStrategy(Strategy, name) {
    constructor(
      private readonly accessTokens: AccessTokenService,
      private readonly sessionCheck: SessionCheckService,
    ) {
      super({
        jwtFromRequest: extractToken,
        passReqToCallback: true,
        // Time is checked by the module's own clock, in validate().
        ignoreExpiration: true,
        jsonWebTokenOptions: { ignoreNotBefore: true },
        secretOrKeyProvider: (_request: unknown, token: string, done: KeyCallback) => {
          const key = accessTokens.keyFor(token);
          // jsonwebtoken takes a KeyObject wherever passport-jwt's types say text.
          return key ? done(null, key.verifyWith as KeyObject & string) : done(new Error('unknown key'));
        },
      });
    }

    async validate(request: Carrier): Promise<AccessTokenClaims> {
      const claims = this.accessTokens.verify(extractToken(request) ?? '');
      await this.sessionCheck.assertLive(claims);
      return claims;
    }
  }
  return AccessTokenStrategy;
}
