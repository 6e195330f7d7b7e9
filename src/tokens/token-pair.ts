import { inspect } from 'node:util';
import type { ResponseMembers } from '../hooks';
import { Field, Model } from '../openapi/openapi';
import { integer, named, oneOf, optional, text } from '../openapi/schema';
import type { ResolvedOptions } from '../resolve-options';

/** How token responses look here. */
export type TokenResponseShape = ResolvedOptions['response'] & Pick<ResolvedOptions, 'transport'>;

interface TokenPairParts {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  refreshExpiresIn: number;
  sessionId: string;
  scope?: string;
  members?: ResponseMembers;
}

/** The token response of the OAuth routes; members that a host adds stand beside these. */
@Model('OAuthTokenResponse', 'The token response (RFC 6749 §5.1).')
export class OAuthTokenResponse {
  /** The signed JWT. */
  @Field('The signed JWT.', text)
  access_token!: string;
  /** The only copy of the refresh token. */
  @Field('The only copy of the refresh token.', text)
  refresh_token!: string;
  /** How to send the access token (RFC 6750). */
  @Field('How to send the access token (RFC 6750).', oneOf(['Bearer']))
  token_type!: 'Bearer';
  /** Seconds until the access token expires. */
  @Field('Seconds until the access token expires.', integer)
  expires_in!: number;
  /** Seconds until the refresh token expires, if it is not used; not RFC 6749's. */
  @Field('Seconds until the refresh token expires, if it is not used.', integer)
  refresh_expires_in!: number;
  /** The access token's scope, if it has one. */
  @Field("The access token's scope, if it has one.", optional(text))
  scope?: string;
}

/**
 * An access token and its refresh token. Return it from a handler: as JSON it becomes the token response
 * (RFC 6749 §5.1) with the member names the host has chosen.
 */
@Model('TokenResponse', 'The token response (RFC 6749 §5.1). The host may have given the two tokens other names.')
export class TokenPair {
  /** The signed JWT. */
  @Field('The signed JWT.', named('access_token', text))
  readonly accessToken: string;
  /** The only copy of the refresh token; nothing the server keeps can make it again. */
  @Field('The only copy of the refresh token.', named('refresh_token', text))
  readonly refreshToken: string;
  /** How to send the access token (RFC 6750). */
  @Field('How to send the access token (RFC 6750).', named('token_type', oneOf(['Bearer'])))
  readonly tokenType = 'Bearer';
  /** Seconds until the access token expires. */
  @Field('Seconds until the access token expires.', named('expires_in', integer))
  readonly expiresIn: number;
  /** Seconds until the refresh token expires, if it is not used. */
  @Field('Seconds until the refresh token expires, if it is not used.', named('refresh_expires_in', integer))
  readonly refreshExpiresIn: number;
  /** The session, as in the access token's `sid`. */
  readonly sessionId: string;
  /** The access token's `scope`, if it has one. */
  readonly scope?: string;
  /** The host's own, from the hook `responseMembers`. */
  readonly members: ResponseMembers;
  readonly #shape: TokenResponseShape;

  constructor(parts: TokenPairParts, shape: TokenResponseShape) {
    this.accessToken = parts.accessToken;
    this.refreshToken = parts.refreshToken;
    this.expiresIn = parts.expiresIn;
    this.refreshExpiresIn = parts.refreshExpiresIn;
    this.sessionId = parts.sessionId;
    this.scope = parts.scope;
    this.members = parts.members ?? {};
    this.#shape = shape;
  }

  /** What a log shows of it: no token. */
  [inspect.custom](): string {
    return `TokenPair { sessionId: '${this.sessionId}', expiresIn: ${this.expiresIn}, refreshExpiresIn: ${this.refreshExpiresIn} }`;
  }

  /** The token response. With the transport `cookie` no refresh token is in it. */
  toJSON(): Record<string, unknown> {
    const { accessTokenProp, refreshTokenProp, transport } = this.#shape;
    if (transport === 'cookie') return this.withoutRefreshToken();
    return this.respond([accessTokenProp, this.accessToken], [refreshTokenProp, this.refreshToken]);
  }

  /** The token response for a client that gets the refresh token in a cookie. */
  withoutRefreshToken(): Record<string, unknown> {
    return this.respond([this.#shape.accessTokenProp, this.accessToken]);
  }

  /** The token response of the OAuth routes: RFC 6749 §5.1's names and both tokens, whatever the options say. */
  toOAuth(): OAuthTokenResponse {
    return {
      ...this.members,
      access_token: this.accessToken,
      refresh_token: this.refreshToken,
      token_type: this.tokenType,
      expires_in: this.expiresIn,
      refresh_expires_in: this.refreshExpiresIn,
      ...(this.scope !== undefined && { scope: this.scope }),
    };
  }

  private respond(...tokens: [path: string, token: string][]): Record<string, unknown> {
    const response: Record<string, unknown> = {};
    for (const [path, token] of tokens) setAt(response, path, token);
    return { ...this.members, ...response, token_type: this.tokenType, expires_in: this.expiresIn, refresh_expires_in: this.refreshExpiresIn };
  }
}

function setAt(target: Record<string, unknown>, path: string, value: string): void {
  const names = path.split('.');
  const last = names.pop() as string;
  const parent = names.reduce((node, name) => (node[name] ??= {}) as Record<string, unknown>, target);
  parent[last] = value;
}
