import { Field, Model } from '../openapi/openapi';
import { flag, group, instant, integer, listOf, oneOf, orNull, text } from '../openapi/schema';
import type { SigningAlgorithm } from '../jwt-refresh.options';
import { SIGNING_ALGORITHMS } from '../resolve-keys';
import type { ResolvedOptions } from '../resolve-options';
import type { RevocationFeedStatus } from '../revocation/revocation-feed';
import type { AccessTokenClaims } from '../tokens/access-token.service';

/** A secret or key by its name: whether it makes new tokens, and when it was made, if the host says so. */
const KEY = { id: text, signs: flag, createdAt: orNull(instant) };

interface KeyView {
  readonly id: string;
  readonly signs: boolean;
  readonly createdAt: string | null;
}

@Model('RefreshTokenSettings', 'The options in effect. Durations are in seconds.')
export class SettingsView {
  @Field('Whether changes are refused.')
  readOnly!: boolean;

  @Field('How old a login may be for changes with wide effect; null for any age.', orNull(integer))
  freshFor!: number | null;

  @Field('How many rows a CSV file may have.')
  exportLimit!: number;

  @Field('The `iss` of access tokens.')
  issuer!: string;

  @Field('The `aud` that access tokens may have; the first is the default.', listOf(text))
  audiences!: string[];

  @Field(
    'Access tokens, and the keys that sign and verify them.',
    group({
      lifetime: integer,
      notBeforeLeeway: integer,
      clockTolerance: integer,
      cacheSize: integer,
      keys: listOf(group({ ...KEY, algorithm: oneOf(SIGNING_ALGORITHMS) })),
    }),
  )
  accessToken!: Omit<ResolvedOptions['accessToken'], 'keys'> & { readonly keys: readonly (KeyView & { readonly algorithm: SigningAlgorithm })[] };

  @Field(
    'Refresh tokens.',
    group({ lifetime: integer, maxLifetime: integer, graceSeconds: integer, retryUntilConfirmed: integer, format: oneOf(['opaque', 'jwt', 'jwe']) }),
  )
  refreshToken!: ResolvedOptions['refreshToken'];

  @Field('The secrets that refresh tokens are made and read with.', listOf(group(KEY)))
  secrets!: KeyView[];

  @Field(
    'How guards learn that a session was revoked, and how well this node knows what others have revoked.',
    group({
      check: oneOf(['bounded', 'strict', 'stateless']),
      superseded: oneOf(['accept', 'reject']),
      pollInterval: integer,
      feed: group({ lagMs: orNull(integer), fresh: flag, families: integer }),
    }),
  )
  revocation!: Pick<ResolvedOptions['revocation'], 'check' | 'superseded' | 'pollInterval'> & { readonly feed: RevocationFeedStatus };

  @Field('Whether a refresh needs an access token.', oneOf(['ignore', 'allow-expired', 'require']))
  accessTokenOnRefresh!: ResolvedOptions['accessTokenOnRefresh'];

  @Field('How many sessions a user may have; null for any number.', orNull(integer))
  maxSessionsPerSubject!: number | null;

  @Field('The audit log.', group({ enabled: flag, queueLimit: integer, rotationsFor: integer, eventsFor: integer }))
  audit!: ResolvedOptions['audit'];

  @Field('The names of the tables.', group({ name: text, eventsName: text }))
  table!: { readonly name: string; readonly eventsName: string };

  @Field(
    'Whether and how often old rows are deleted, and how long they stay after their end.',
    group({ enabled: flag, every: integer, keepFor: integer }),
  )
  prune!: ResolvedOptions['prune'];

  @Field('Who asks, and by which session.', group({ subject: text, sessionId: text }))
  me!: { readonly subject: string; readonly sessionId: string };
}

/** The options in effect, durations in seconds: an allow-list in which no secret stands. */
export function settingsView(
  options: ResolvedOptions,
  table: SettingsView['table'],
  feed: RevocationFeedStatus,
  { sub, sid }: AccessTokenClaims,
): SettingsView {
  const { issuer, audiences, accessToken, refreshToken, revocation, accessTokenOnRefresh, maxSessionsPerSubject, audit, prune, admin } = options;
  const { lifetime, notBeforeLeeway, clockTolerance, cacheSize, keys } = accessToken;
  return {
    readOnly: admin.readOnly,
    freshFor: admin.freshFor,
    exportLimit: admin.exportLimit,
    issuer,
    audiences: [...audiences],
    accessToken: {
      lifetime,
      notBeforeLeeway,
      clockTolerance,
      cacheSize,
      keys: keys.map((key, index) => ({ ...keyView(key, index), algorithm: key.algorithm })),
    },
    refreshToken: { ...refreshToken },
    secrets: options.secrets.map(keyView),
    revocation: { check: revocation.check, superseded: revocation.superseded, pollInterval: revocation.pollInterval, feed },
    accessTokenOnRefresh,
    maxSessionsPerSubject: maxSessionsPerSubject === Infinity ? null : maxSessionsPerSubject,
    audit: { ...audit },
    table,
    prune: { ...prune },
    me: { subject: sub, sessionId: sid },
  };
}

function keyView({ id, createdAt }: { id: string; createdAt?: Date }, index: number): KeyView {
  return { id, signs: index === 0, createdAt: createdAt?.toISOString() ?? null };
}
