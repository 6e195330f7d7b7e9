// What this library's guard is compared with.
import { UnauthorizedException } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { ExtractJwt, Strategy } from 'passport-jwt';

/** The least that tells a genuine token: the HMAC and `exp`. */
export function rawHmacGuard(secret) {
  const key = createSecretKey(Buffer.from(secret));
  return class RawHmacGuard {
    canActivate(context) {
      const request = context.switchToHttp().getRequest();
      const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
      const [header, payload, signature] = token.split('.');
      const expected = createHmac('sha256', key).update(`${header}.${payload}`).digest();
      const given = Buffer.from(signature ?? '', 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new UnauthorizedException();
      request.user = JSON.parse(Buffer.from(payload, 'base64url').toString());
      if (request.user.exp * 1000 <= Date.now()) throw new UnauthorizedException();
      return true;
    }
  };
}

/** As the documentation of Nest and of passport-jwt set it up; only the key may be a `KeyObject`. @returns the guard, and the provider it needs */
export function passportGuard(name, secretOrKey) {
  class JwtStrategy extends PassportStrategy(Strategy, name) {
    constructor() {
      super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), ignoreExpiration: false, secretOrKey });
    }

    validate(payload) {
      return payload;
    }
  }
  return [AuthGuard(name), JwtStrategy];
}
