import type { Duration } from './duration';
import type { RefreshToken } from './sessions/refresh-token.entity';

/** Claims a host adds to access tokens. Registered claims and the module's own can't be among them. */
export type HostClaims = Record<string, unknown>;

/** Members a host adds to its token responses. */
export type ResponseMembers = Record<string, unknown>;

/**
 * The host's own code around a refresh. A hook that throws refuses the refresh and changes nothing that the same token
 * couldn't get again: an `HttpException` reaches the client as it is, anything else is `temporarily_unavailable` (503).
 * A hook may run more than once for one refresh when requests race.
 *
 * `afterRotate` runs when the token is spent already: with `graceSeconds: 0` there is no second try after it has thrown.
 */
export interface JwtRefreshHooks {
  /** Runs before a refresh request is handled, with the framework's request. */
  beforeRefreshRoute?(request: unknown): void | Promise<void>;
  /**
   * Looks the subject up at each refresh, retries too, where `JwtRefreshGuard` stands, when an old token is exchanged, and at
   * introspection of either kind of token; not at login, where the host has
   * just done so and gives claims as `content`. Return `null` or `false` when the account must not
   * be used any more: the refresh is refused with `refresh_token_invalid` and the session stays as it is. Return an
   * object to add its members as claims, at most 4096 bytes of JSON; nothing adds nothing.
   */
  resolveSubject?(session: Readonly<RefreshToken>): SubjectAnswer | Promise<SubjectAnswer>;
  /**
   * Recognises a refresh token of the system before this module: verify it as the old code did, and answer what session it
   * stands for, or null. Each token is exchanged once; the next time it is `refresh_token_invalid`. Called at refresh and
   * logout, only for a token that this module did not make, of at most 8192 characters. It sees whatever a stranger sends:
   * throw only when you can't tell, never for a token that is wrong. Remove the hook when the last old token has expired.
   */
  adoptLegacyToken?(token: string, request?: unknown): LegacySession | null | Promise<LegacySession | null>;
  /** Runs before a session rotates, not on a retry. */
  beforeRotate?(session: Readonly<RefreshToken>): void | Promise<void>;
  /** Runs after a session has rotated, not on a retry. */
  afterRotate?(session: Readonly<RefreshToken>): void | Promise<void>;
  /**
   * Members of the host's own for each token response, at login and at each refresh, for instance `{ userId: 7 }`. They stand
   * beside the module's, which win (RFC 6749 §5.1); at most 4096 bytes of JSON. Runs before anything is stored.
   */
  responseMembers?(session: Readonly<RefreshToken>): ResponseMembers | Promise<ResponseMembers>;
}

/** What {@link JwtRefreshHooks.resolveSubject} answers: claims, nothing, or a refusal. */
export type SubjectAnswer = HostClaims | null | false | void;

/** The session that a token of the host's old system stands for: see {@link JwtRefreshHooks.adoptLegacyToken}. */
export interface LegacySession {
  /** The user's id as a text of 1 to 255 characters; the access token's `sub`. */
  subject: string;
  /**
   * When the user logged in, or the old token was made: not in the future. The absolute lifetime `refreshToken.maxLifetime`
   * counts from here. It must be the same each time for the same token, or for the same `tokenId`: a token is known again
   * by the three of `subject`, `issuedAt` and itself.
   */
  issuedAt: Date;
  /**
   * What makes the old token unique: its `jti`, the id of its row, the hash in its column. Needed when you accept more than
   * one spelling of a token. @default the token's text; of a signed JWT, the part that is signed
   */
  tokenId?: string;
  /** The access token's `aud`. @default the first of the option `audience` */
  audience?: string;
  /** Idle lifetime of the session, from now: from a second up to the option `refreshToken.maxLifetime`. @default the option `refreshToken.lifetime` */
  lifetime?: Duration;
  /** Claims for each access token of the session, at most 4096 bytes of JSON; registered claims are refused. @default none */
  content?: HostClaims;
  /** A name for people, at most 255 characters. @default none */
  label?: string;
}
