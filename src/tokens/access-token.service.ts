import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { toSeconds } from '../clock';
import { JwtRefreshError } from '../errors';
import type { HostClaims } from '../hooks';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { KeyRing, type RingKey } from './key-ring';

/** The claims of an access token (RFC 9068 §2.2, but for `client_id`: there are no OAuth clients), and those the host added. */
export interface AccessTokenClaims {
  /** Who made it. */
  iss: string;
  /** Whom it is for. */
  aud: string;
  /** The subject: the host's user id. */
  sub: string;
  /** The session, that is the token family. */
  sid: string;
  /** How often the session had been refreshed when this token was made. */
  gen: number;
  /** Unique to this token: session id, generation and a random part. */
  jti: string;
  /** Issued at, seconds since 1970. */
  iat: number;
  /** Not valid before, seconds since 1970. */
  nbf: number;
  /** Not valid from, seconds since 1970. */
  exp: number;
  /** The host's own. */
  [claim: string]: unknown;
}

/** What an access token is made from: a session, or something shaped like one. */
export interface AccessTokenSubject {
  readonly id: string;
  readonly jti: string;
  readonly subject: string;
  readonly audience: string;
  readonly generation: number;
  readonly content: HostClaims;
  readonly expiresAt: Date;
  readonly endsAt: Date;
}

/** How strictly {@link AccessTokenService.verify} looks. */
export interface VerifyAccessTokenOptions {
  /** Accept a token past its `exp`; everything else is still checked. @default false */
  allowExpired?: boolean;
  /** The `aud` to demand; null accepts any that the module has issued. @default one of the option `audience` */
  audience?: string | readonly string[] | null;
}

interface VerifiedJwt {
  header: { typ?: unknown; crit?: unknown };
  payload: AccessTokenClaims;
}

const ACCESS_TOKEN_TYPES = ['at+jwt', 'application/at+jwt'];

/** Makes and checks access tokens. Touches no database: whether the session still lives is for the session check. */
@Injectable()
export class AccessTokenService {
  private readonly keys: KeyRing;

  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {
    this.keys = new KeyRing(options.accessToken.keys);
  }

  sign(session: AccessTokenSubject, hostClaims: HostClaims = {}): { token: string; expiresIn: number } {
    const claims = this.claimsFor(session, hostClaims);
    return { token: this.keys.current.jwt.sign(claims), expiresIn: claims.exp - claims.iat };
  }

  /** @throws JwtRefreshError `access_token_invalid` or `access_token_expired` */
  verify(token: string, { allowExpired = false, audience }: VerifyAccessTokenOptions = {}): AccessTokenClaims {
    const { header, payload } = this.open(token);
    // RFC 7515 §4.1.11: extensions that are not understood make a token invalid, and none are understood here.
    const isUnderstood = isAccessTokenType(header.typ) && !('crit' in header);
    if (!isUnderstood || !this.hasExpectedClaims(payload, audience)) throw new JwtRefreshError('access_token_invalid');
    const now = toSeconds(this.options.clock.now());
    if (this.isFromTheFuture(payload, now)) throw new JwtRefreshError('access_token_invalid');
    if (!allowExpired && now >= payload.exp + this.options.accessToken.clockTolerance) throw new JwtRefreshError('access_token_expired');
    return payload;
  }

  /** The claims of a genuine token of any audience, even an expired one; null for anything else. */
  findGenuine(token: string): AccessTokenClaims | null {
    try {
      return this.verify(token, { allowExpired: true, audience: null });
    } catch {
      return null;
    }
  }

  /** The key a passport strategy verifies a raw token with, or null. */
  keyFor(token: string): RingKey | null {
    return this.keys.find(decodeHeader(token)?.kid);
  }

  private claimsFor(session: AccessTokenSubject, hostClaims: HostClaims): AccessTokenClaims {
    const iat = toSeconds(this.options.clock.now());
    const { lifetime, notBeforeLeeway } = this.options.accessToken;
    // Host claims first: what the module writes can't be overridden.
    return {
      ...session.content,
      ...hostClaims,
      iss: this.options.issuer,
      aud: session.audience,
      sub: session.subject,
      sid: session.id,
      gen: session.generation,
      jti: `${session.jti}.${randomBytes(9).toString('base64url')}`,
      iat,
      nbf: iat - notBeforeLeeway,
      exp: Math.min(iat + lifetime, toSeconds(session.expiresAt.getTime()), toSeconds(session.endsAt.getTime())),
    };
  }

  /** Not yet valid, or valid for longer than a token made now would be. */
  private isFromTheFuture({ nbf, exp }: AccessTokenClaims, now: number): boolean {
    const { lifetime, notBeforeLeeway, clockTolerance } = this.options.accessToken;
    return nbf > now + clockTolerance || exp > now + lifetime + notBeforeLeeway + clockTolerance;
  }

  private open(token: string): VerifiedJwt {
    const key = this.keyFor(token);
    if (!key) throw new JwtRefreshError('access_token_invalid');
    try {
      // Times are checked by the injected clock above; here only the signature, under this key's one algorithm (RFC 8725 §3.1).
      return key.jwt.verify<VerifiedJwt>(token, { ignoreExpiration: true, ignoreNotBefore: true });
    } catch {
      throw new JwtRefreshError('access_token_invalid');
    }
  }

  private hasExpectedClaims(claims: AccessTokenClaims, audience: string | readonly string[] | null = this.options.audiences): boolean {
    const { iss, aud, sub, sid, gen, jti, iat, nbf, exp } = claims;
    const times = [iat, nbf, exp].every((time) => Number.isFinite(time));
    const names = [sub, sid, jti].every((name) => typeof name === 'string' && name !== '') && Number.isSafeInteger(gen);
    const lifetime = exp - iat <= this.options.accessToken.lifetime;
    return times && names && lifetime && iss === this.options.issuer && isAccepted(aud, audience);
  }
}

/** RFC 7519 §4.1.3: a recipient must find itself in `aud`. The module issues one audience a token, so a list is not ours. */
function isAccepted(aud: unknown, accepted: string | readonly string[] | null): boolean {
  return typeof aud === 'string' && (accepted === null || [accepted].flat().includes(aud));
}

/** RFC 9068 §4: `at+jwt` or `application/at+jwt`; media types ignore case (RFC 2045 §5.1). */
function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && ACCESS_TOKEN_TYPES.includes(typ.toLowerCase());
}

/** Only picks the key: nothing in a header is believed before the signature is checked. */
function decodeHeader(token: string): { kid?: unknown } | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString());
    return typeof header === 'object' && header !== null ? header : null;
  } catch {
    return null;
  }
}
