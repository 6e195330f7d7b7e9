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
   * Looks the subject up at each refresh, retries too, and where `JwtRefreshGuard` stands; not at login, where the host has
   * just done so and gives claims as `content`. Return `null` or `false` when the account must not
   * be used any more: the refresh is refused with `refresh_token_invalid` and the session stays as it is. Return an
   * object to add its members as claims, at most 4096 bytes of JSON; nothing adds nothing.
   */
  resolveSubject?(session: Readonly<RefreshToken>): SubjectAnswer | Promise<SubjectAnswer>;
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
