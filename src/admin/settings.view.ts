import { Field, Model } from '../openapi/openapi';
import { flag, group, instant, integer, listOf, oneOf, orNull, text } from '../openapi/schema';
import type { SigningAlgorithm } from '../jwt-refresh.options';
import { SIGNING_ALGORITHMS } from '../resolve-keys';
import type { ResolvedOptions } from '../resolve-options';
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
      keys: listOf(group({ ...KEY, algorithm: oneOf(SIGNING_ALGORITHMS) })),
    }),
  )
  accessToken!: Omit<ResolvedOptions['accessToken'], 'keys'> & { readonly keys: readonly (KeyView & { readonly algorithm: SigningAlgorithm })[] };

  @Field('Refresh tokens.', group({ lifetime: integer, maxLifetime: integer, graceSeconds: integer, format: oneOf(['opaque', 'jwt', 'jwe']) }))
  refreshToken!: ResolvedOptions['refreshToken'];

  @Field('The secrets that refresh tokens are made and read with.', listOf(group(KEY)))
  secrets!: KeyView[];

  @Field('Whether access tokens end with their session.', group({ check: oneOf(['strict', 'stateless']) }))
  revocation!: Pick<ResolvedOptions['revocation'], 'check'>;

  @Field('Whether a refresh needs an access token.', oneOf(['ignore', 'allow-expired', 'require']))
  accessTokenOnRefresh!: ResolvedOptions['accessTokenOnRefresh'];

  @Field('How many sessions a user may have; null for any number.', orNull(integer))
  maxSessionsPerSubject!: number | null;

  @Field('The audit log.', group({ enabled: flag, queueLimit: integer, rotationsFor: integer }))
  audit!: ResolvedOptions['audit'];

  @Field('The names of the tables.', group({ name: text, eventsName: text }))
  table!: { readonly name: string; readonly eventsName: string };

  @Field('Whether old rows are removed regularly.', group({ scheduled: flag }))
  prune!: { readonly scheduled: boolean };

  @Field('Who asks, and by which session.', group({ subject: text, sessionId: text }))
  me!: { readonly subject: string; readonly sessionId: string };
}

/** The options in effect, durations in seconds: an allow-list in which no secret stands. */
export function settingsView(options: ResolvedOptions, table: SettingsView['table'], { sub, sid }: AccessTokenClaims): SettingsView {
  const { issuer, audiences, accessToken, refreshToken, revocation, accessTokenOnRefresh, maxSessionsPerSubject, audit, admin } = options;
  const { lifetime, notBeforeLeeway, clockTolerance, keys } = accessToken;
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
      keys: keys.map((key, index) => ({ ...keyView(key, index), algorithm: key.algorithm })),
    },
    refreshToken: { ...refreshToken },
    secrets: options.secrets.map(keyView),
    revocation: { check: revocation.check },
    accessTokenOnRefresh,
    maxSessionsPerSubject: maxSessionsPerSubject === Infinity ? null : maxSessionsPerSubject,
    audit: { ...audit },
    table,
    prune: { scheduled: false },
    me: { subject: sub, sessionId: sid },
  };
}

function keyView({ id, createdAt }: { id: string; createdAt?: Date }, index: number): KeyView {
  return { id, signs: index === 0, createdAt: createdAt?.toISOString() ?? null };
}
