import { Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError, type JwtRefreshErrorCode } from '../errors';
import type { Carrier } from '../guards/credentials';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { CLIENT_REFUSED, SUBJECT_REFUSED } from '../rotation/rotation.service';
import { ALREADY_ADOPTED, NOT_ADOPTED } from '../sessions/adoption.service';
import type { TokenPair } from '../tokens/token-pair';
import { isOwnRequest } from './own-request.policy';
import { membersOf, parameterName } from './parameter-name';
import { clearedCookie, cookieValues, refreshCookie } from './refresh-cookie';
import { addCookie, type HeaderWriter } from './response-header';

/** Instead of a token, at logout: every session of the user. */
const EVERYWHERE = 'all';

/** The last word on a token: presenting it again is of no use. */
const FINAL_VERDICTS: readonly JwtRefreshErrorCode[] = [
  'refresh_token_invalid',
  'refresh_token_expired',
  'refresh_token_revoked',
  'refresh_token_reused',
];

/** Knows where the refresh token is in a request, and where it goes in an answer. Nobody else knows of cookies. */
@Injectable()
export class TokenTransport {
  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {}

  /** Whether the refresh token of this request and its answer is in the cookie; else it is in the body. */
  usesCookie({ headers = {} }: Carrier): boolean {
    const { transport, cookie } = this.options;
    return transport === 'cookie' || (transport === 'both' && Boolean(headers[cookie.header]));
  }

  /** A cookie is sent with whatever a browser is made to send, so a request by cookie must prove that it is the app's own. @throws JwtRefreshError `cross_site_request` */
  assertOwn(request: Carrier): void {
    const { cookie } = this.options;
    if (!this.usesCookie(request) || isOwnRequest(request.headers ?? {}, cookie)) return;
    throw new JwtRefreshError('cross_site_request', {
      message: `Send this from one of the application's own pages, with the header ${cookie.header}.`,
    });
  }

  /** Whether a logout is to end every session of the user: that is said in the body, wherever tokens travel. @throws JwtRefreshError `cross_site_request` */
  asksForEverywhere(request: Carrier): boolean {
    this.assertOwn(request);
    return this.findInBody(request) === EVERYWHERE;
  }

  /**
   * The token as it was sent, or null for nothing. Never read from the query.
   *
   * @throws JwtRefreshError `cross_site_request`; `refresh_token_missing` for two cookies of the name
   */
  findRefreshToken(request: Carrier): string | null {
    if (!this.usesCookie(request)) return this.findInBody(request);
    this.assertOwn(request);
    return this.findInCookie(request);
  }

  /**
   * What a logout is to end: whoever has a token in the body may end it, wherever tokens travel.
   *
   * @throws JwtRefreshError `cross_site_request`; `refresh_token_missing` for two cookies of the name
   */
  findTokensToEnd(request: Carrier): { inCookie: string | null; inBody: string | null } {
    this.assertOwn(request);
    return { inCookie: this.usesCookie(request) ? this.findInCookie(request) : null, inBody: this.findInBody(request) };
  }

  /** @throws JwtRefreshError `refresh_token_missing`, `cross_site_request` */
  getRefreshToken(request: Carrier): string {
    const token = this.findRefreshToken(request);
    if (token !== null) return token;
    throw new JwtRefreshError('refresh_token_missing', this.usesCookie(request) ? { message: 'Send the cookie with the refresh token.' } : {});
  }

  /** Answers with a token pair: never cached (RFC 6749 §5.1). @returns the body */
  deliver(pair: TokenPair, request: Carrier, response: HeaderWriter): unknown {
    response.header?.('Cache-Control', 'no-store');
    if (this.options.response.authorizationHeader) response.header?.('Authorization', `Bearer ${pair.accessToken}`);
    // Plain, because a host's ClassSerializerInterceptor knows no toJSON().
    if (!this.usesCookie(request)) return pair.toJSON();
    addCookie(response, refreshCookie(this.options.cookie, pair.refreshToken, pair.refreshExpiresIn));
    return pair.withoutRefreshToken();
  }

  /** Takes the cookie away. */
  clear(request: Carrier, response: HeaderWriter): void {
    if (this.usesCookie(request)) addCookie(response, clearedCookie(this.options.cookie));
  }

  /** Takes the cookie away if this was the last word on the token in it: no other failure may cost a session. */
  clearAfter(error: unknown, request: Carrier, response: HeaderWriter): void {
    if (isFinal(error)) this.clear(request, response);
  }

  /** Null also for anything but one text (RFC 6749 §3.2: no parameter twice, however it is spelled). */
  private findInBody({ body }: Carrier): string | null {
    const path = this.options.request.refreshTokenParam.split('.');
    if (membersOf(body).some(([member]) => member !== path[0] && parameterName(member) === path[0])) return null;
    const value = path.reduce<unknown>((node, name) => (isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined), body);
    return typeof value === 'string' && value !== '' ? value : null;
  }

  /** Which of two is the app's own can't be told, so neither is used. */
  private findInCookie({ headers }: Carrier): string | null {
    const values = cookieValues(headers?.cookie, this.options.cookie.name);
    if (values.length > 1) throw new JwtRefreshError('refresh_token_missing', { message: 'There are two cookies with the refresh token.' });
    return values[0] || null;
  }
}

/**
 * An account that may not be used now, and a wrong client, say nothing of the token, nor does a guard, which exchanges no old
 * one; after a lost race the cookie may be the winner's by now.
 */
const NOT_FINAL: readonly unknown[] = [SUBJECT_REFUSED, CLIENT_REFUSED, ALREADY_ADOPTED, NOT_ADOPTED];

function isFinal(error: unknown): boolean {
  return error instanceof JwtRefreshError && FINAL_VERDICTS.includes(error.code) && !NOT_FINAL.includes(error.cause);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
