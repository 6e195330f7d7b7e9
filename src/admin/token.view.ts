import { Field, Model } from '../openapi/openapi';
import { anyObject, flag, group, instant, integer, listOf, of, oneOf, orNull, text, uuid } from '../openapi/schema';
import type { DeviceInfo } from '../sessions/device-info';
import type { RefreshToken, RefreshTokenKind } from '../sessions/refresh-token.entity';
import { DeviceView } from './device.view';
import { TOKEN_STATUSES, type TokenStatus } from './dto/token-filter.dto';
import { EventView } from './event.view';

/** What a pasted token turned out to be. */
export interface PastedToken {
  readonly type: 'refresh' | 'access';
  readonly generation: number;
  /** Whether it is of the family's current generation. */
  readonly current: boolean;
}

@Model('RefreshToken', 'A token family as administrators see it: one login on one device, or one key. Instants are ISO 8601 UTC.')
export class TokenView {
  @Field('UUID v7, the `sid` of its access tokens.', uuid)
  id!: string;

  @Field("A `session` is somebody's login, a `key` was made by an administrator.", oneOf(['session', 'key']))
  kind!: RefreshTokenKind;

  @Field("The user's id, the `sub` of its access tokens; for a key that is nobody's, `key:` and its id.")
  subject!: string;

  @Field('The `aud` of its access tokens.')
  audience!: string;

  @Field('Idle lifetime in seconds.')
  lifetime!: number;

  @Field('When it began.', instant)
  createdAt!: string;

  @Field('Idle end; each use moves it.', instant)
  expiresAt!: string;

  @Field('Absolute end; nothing moves it.', instant)
  endsAt!: string;

  @Field('When it was revoked; null while it lives.', orNull(instant))
  revokedAt!: string | null;

  @Field('Why it was revoked.', orNull(text))
  revokedReason!: string | null;

  @Field('Who revoked it; null when the module itself did.', orNull(text))
  revokedBy!: string | null;

  @Field('When it was last used; null until the first time.', orNull(instant))
  lastUsed!: string | null;

  @Field('Claims in each of its access tokens.', anyObject)
  content!: Record<string, unknown>;

  @Field('SHA-256 of the current secret, base64url; no credential.')
  tokenHash!: string;

  @Field('Names the current generation.')
  jti!: string;

  @Field('How often it has rotated.')
  generation!: number;

  @Field('False for a key that may be used again and again.')
  rotates!: boolean;

  @Field('A name for people.', orNull(text))
  label!: string | null;

  @Field('The device at login.', orNull(of(DeviceView)))
  deviceInfo!: DeviceInfo | null;

  @Field('What it is by the clock and its row.', oneOf(TOKEN_STATUSES))
  status!: TokenStatus;
}

@Model('RefreshTokenDetails', 'A token family and its life.')
export class TokenDetailsView extends TokenView {
  @Field('Its newest events, the oldest of them first.', listOf(of(EventView)))
  events!: EventView[];

  @Field('Whether there are older ones.')
  eventsCapped!: boolean;
}

@Model('CreatedRefreshToken', 'A new key and its token.')
export class CreatedTokenView extends TokenView {
  @Field('The only copy of the token; nothing the server keeps can make it again.')
  token!: string;
}

@Model('LookedUpRefreshToken', 'The family that a pasted token belongs to.')
export class LookedUpTokenView extends TokenView {
  @Field(
    "What was pasted: its type, its generation, and whether that is the family's current one.",
    group({ type: oneOf(['refresh', 'access']), generation: integer, current: flag }),
  )
  presented!: PastedToken;
}

/** An allow-list: a column that is added to the row does not show here by itself. */
export function tokenView(token: RefreshToken, now: number): TokenView {
  const { id, kind, subject, audience, lifetime, content, tokenHash, jti, generation, rotates, label, deviceInfo } = token;
  return {
    id, kind, subject, audience, lifetime,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    endsAt: token.endsAt.toISOString(),
    revokedAt: token.revokedAt?.toISOString() ?? null,
    revokedReason: token.revokedReason,
    revokedBy: token.revokedBy,
    lastUsed: token.lastUsed?.toISOString() ?? null,
    content, tokenHash, jti, generation, rotates, label, deviceInfo,
    status: statusOf(token, now),
  }; // prettier-ignore
}

/** The same words as the filter `status`. */
function statusOf({ revokedAt, expiresAt }: RefreshToken, now: number): TokenStatus {
  if (revokedAt) return 'revoked';
  return now >= expiresAt.getTime() ? 'expired' : 'active';
}
