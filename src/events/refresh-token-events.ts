import type { DeviceInfo } from '../sessions/device-info';
import type { RefreshTokenKind } from '../sessions/refresh-token.entity';

/** What every event of a session tells. No event carries a token, a secret or a nonce. */
export interface RefreshTokenEventBase {
  /** UUID v7 of the event. */
  readonly id: string;
  /** When it happened, by the module's clock. */
  readonly at: Date;
  /** The token family. */
  readonly sessionId: string;
  /** Whether the family is a session or a key. */
  readonly kind: RefreshTokenKind;
  /** Whose family it is: the access token's `sub`. */
  readonly subject: string;
  /** The access token's `aud`. */
  readonly audience: string;
  /** The family's generation after the event. */
  readonly generation: number;
  /** The device that sent the request, where there was one. */
  readonly device: DeviceInfo | null;
}

/** A session began, an administrator made a key, or a token of the host's old system was exchanged for a session. */
export interface RefreshTokenIssued extends RefreshTokenEventBase {
  readonly type: 'refresh_token.issued';
  /** The administrator who made the key; null for a login. */
  readonly actor: string | null;
  /** `adopted`: from a token that the hook `adoptLegacyToken` recognised. Null for a login and a key. */
  readonly reason: 'adopted' | null;
}

/** A refresh token was exchanged for its successor. */
export interface RefreshTokenRotated extends RefreshTokenEventBase {
  readonly type: 'refresh_token.rotated';
}

/** The token just spent came back in time and got the same successor. */
export interface RefreshTokenRetried extends RefreshTokenEventBase {
  readonly type: 'refresh_token.retried';
  /** `unconfirmed`: after the grace period, because nobody had used the successor (`refreshToken.retryUntilConfirmed`). Null within it. */
  readonly reason: 'unconfirmed' | null;
}

/** A spent token came back too late; its family is revoked by the same commit that records this (RFC 9700 §4.14.2). */
export interface RefreshTokenReused extends RefreshTokenEventBase {
  readonly type: 'refresh_token.reused';
  /** The generation of the token that came back. */
  readonly presentedGeneration: number;
  /** `late_retry`: the direct predecessor, after the grace period. `replayed`: an older one. */
  readonly reason: 'late_retry' | 'replayed';
}

/** A family was revoked by a logout, an administrator, the host, or the session limit. */
export interface RefreshTokenRevoked extends RefreshTokenEventBase {
  readonly type: 'refresh_token.revoked';
  /** `logout`, `logout_all`, `logout_others`, `session_limit`, `admin`, or the words of an administrator or the host. */
  readonly reason: string;
  /** Who did it: a subject, or null when the module did. */
  readonly actor: string | null;
}

/** A genuine token was refused and nothing changed. */
export interface RefreshTokenRefused extends RefreshTokenEventBase {
  readonly type: 'refresh_token.refused';
  /** The generation of the token that was refused. */
  readonly presentedGeneration: number;
  /**
   * `expired` or `revoked`: the session is over. `ahead` or `unknown`: the database does not know this generation, as
   * after the loss of commits. `subject_refused`: the hook `resolveSubject` said no. `client_refused`: the family is another
   * OAuth client's.
   */
  readonly reason: 'expired' | 'revoked' | 'ahead' | 'unknown' | 'subject_refused' | 'client_refused';
}

/** Every event of a token family, by its type. */
export interface RefreshTokenEventMap {
  'refresh_token.issued': RefreshTokenIssued;
  'refresh_token.rotated': RefreshTokenRotated;
  'refresh_token.retried': RefreshTokenRetried;
  'refresh_token.reused': RefreshTokenReused;
  'refresh_token.revoked': RefreshTokenRevoked;
  'refresh_token.refused': RefreshTokenRefused;
}

/** The name of an event of a token family. */
export type RefreshTokenEventType = keyof RefreshTokenEventMap;

/** Any event of a token family; `switch` on its `type`. */
export type RefreshTokenEvent = RefreshTokenEventMap[RefreshTokenEventType];
