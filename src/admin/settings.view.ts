import type { ResolvedOptions } from '../resolve-options';

/** A secret or key by its name. */
export interface KeyView {
  readonly id: string;
  /** Whether it makes new tokens. */
  readonly signs: boolean;
  /** When it was made, if the host says so. */
  readonly createdAt: string | null;
}

/** The options in effect, durations in seconds: an allow-list in which no secret stands. */
export function settingsView(options: ResolvedOptions, table: { name: string; eventsName: string }) {
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
  };
}

/** @see settingsView */
export type SettingsView = ReturnType<typeof settingsView>;

function keyView({ id, createdAt }: { id: string; createdAt?: Date }, index: number): KeyView {
  return { id, signs: index === 0, createdAt: createdAt?.toISOString() ?? null };
}
