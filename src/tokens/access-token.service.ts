import { Inject, Injectable } from '@nestjs/common';
import { toSeconds } from '../clock';
import { JwtRefreshError } from '../errors';
import type { HostClaims } from '../hooks';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import type { SignedJwt } from './jwt-key';
import { KeyRing } from './key-ring';
import { isCanonicalBase64url } from './refresh-token.codec';
import { randomText } from './random-pool';
import type { PublicJwk } from './public-jwk';
import { VerifiedTokens } from './verified-tokens';

/** The claims of an access token (RFC 9068 §2.2, but for `client_id`: sessions begin at the host's login, not at an OAuth client), and those the host added. */
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
  /** Issued at, seconds since 1970 (RFC 7519 §4.1.6). */
  iat: number;
  /** Not valid before, seconds since 1970 (RFC 7519 §4.1.5). */
  nbf: number;
  /** Expires at, seconds since 1970: from then on it is not valid (RFC 7519 §4.1.4). */
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

const ACCESS_TOKEN_TYPES = ['at+jwt', 'application/at+jwt'];

/** Makes and checks access tokens. Touches no database: whether the session still lives is for the session check. */
@Injectable()
export class AccessTokenService {
  private readonly keys: KeyRing;
  private readonly verified: VerifiedTokens;

  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {
    this.keys = new KeyRing(options.accessToken.keys);
    this.verified = new VerifiedTokens(options.accessToken.cacheSize);
  }

  /** What other services verify access tokens with. */
  get publicKeys(): readonly PublicJwk[] {
    return this.keys.publicKeys;
  }

  /**
   * @param at when the session was known to live, milliseconds since 1970. The token is of that moment, however long its making
   *   takes: what revoked the session meanwhile is remembered no longer than a token of that moment lives.
   */
  async sign(session: AccessTokenSubject, at: number, hostClaims: HostClaims = {}): Promise<{ token: string; expiresIn: number }> {
    const claims = this.claimsFor(session, toSeconds(at), hostClaims);
    return { token: await this.keys.current.sign(claims), expiresIn: claims.exp - claims.iat };
  }

  /** @throws JwtRefreshError `access_token_invalid` or `access_token_expired` */
  async verify(
    token: string,
    { allowExpired = false, audience = this.options.audiences }: VerifyAccessTokenOptions = {},
  ): Promise<AccessTokenClaims> {
    const claims = await this.findGenuine(token);
    if (!claims || !isAccepted(claims.aud, audience)) throw new JwtRefreshError('access_token_invalid');
    const end = claims.exp + this.options.accessToken.clockTolerance;
    if (!allowExpired && toSeconds(this.options.clock.now()) >= end) throw new JwtRefreshError('access_token_expired');
    return claims;
  }

  /** The claims of a genuine token of any audience, even an expired one. Null for anything else: junk comes in floods, and to throw costs more than to check. */
  async findGenuine(token: string): Promise<AccessTokenClaims | null> {
    const known = this.verified.find(token);
    const claims = known === undefined ? await this.open(token) : (JSON.parse(known) as AccessTokenClaims);
    return claims && !this.isFromTheFuture(claims) ? claims : null;
  }

  private claimsFor(session: AccessTokenSubject, iat: number, hostClaims: HostClaims): AccessTokenClaims {
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
      jti: `${session.jti}.${randomText(9)}`,
      iat,
      nbf: iat - notBeforeLeeway,
      exp: Math.min(iat + lifetime, toSeconds(session.expiresAt.getTime()), toSeconds(session.endsAt.getTime())),
    };
  }

  /** Not yet valid, made later than a token that is valid now could be, or valid for longer than one made now. */
  private isFromTheFuture({ iat, nbf, exp }: AccessTokenClaims): boolean {
    const now = toSeconds(this.options.clock.now());
    const { lifetime, notBeforeLeeway, clockTolerance } = this.options.accessToken;
    const latest = now + notBeforeLeeway + clockTolerance;
    return nbf > now + clockTolerance || iat > latest || exp > latest + lifetime;
  }

  /** What no clock and no route changes: signature, kind, and the claims that each token has. */
  private async open(token: string): Promise<AccessTokenClaims | null> {
    const jwt = await this.openSigned(token);
    // RFC 7515 §4.1.11: extensions that are not understood make a token invalid, and none are understood here.
    const isUnderstood = jwt !== null && isAccessTokenType(jwt.header.typ) && !('crit' in jwt.header);
    if (!isUnderstood || !this.hasExpectedClaims(jwt.payload)) return null;
    this.verified.add(token, JSON.stringify(jwt.payload));
    return jwt.payload;
  }

  private async openSigned(token: string): Promise<SignedJwt | null> {
    if (!isCompactJws(token)) return null;
    try {
      const key = this.keys.find(kidOf(token));
      return key && (await key.verify(token));
    } catch {
      // What is wrong with it is nobody's business.
      return null;
    }
  }

  private hasExpectedClaims(claims: Record<string, unknown>): claims is AccessTokenClaims {
    const { iss, aud, sub, sid, gen, jti, iat, nbf, exp } = claims;
    const times = [iat, nbf, exp].every((time) => Number.isFinite(time));
    const names = [aud, sub, sid, jti].every((name) => typeof name === 'string' && name !== '') && Number.isSafeInteger(gen);
    const lifetime = Number(exp) - Number(iat) <= this.options.accessToken.lifetime;
    return times && names && lifetime && iss === this.options.issuer;
  }
}

/** RFC 7519 §4.1.3: a recipient must find itself in `aud`. The module issues one audience a token, so a list is not ours. */
function isAccepted(aud: string, accepted: string | readonly string[] | null): boolean {
  return accepted === null || (typeof accepted === 'string' ? accepted === aud : accepted.includes(aud));
}

/** RFC 9068 §4: `at+jwt` or `application/at+jwt`; media types ignore case (RFC 2045 §5.1). */
function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && ACCESS_TOKEN_TYPES.includes(typ.toLowerCase());
}

/** Only picks the key: nothing in a header is believed before the signature is checked. Throws for what is no header. */
function kidOf(token: string): unknown {
  const header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()) as { kid?: unknown };
  return header.kid;
}

/**
 * Three parts (RFC 7515 §7.1). Spare bits in the last character of a signature stand for nothing (RFC 4648 §3.5): a changed token would
 * still verify.
 */
function isCompactJws(token: string): boolean {
  const parts = token.split('.', 4);
  return parts.length === 3 && isCanonicalBase64url(parts[2]!);
}
