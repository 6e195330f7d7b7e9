import type { DeviceInfo } from '../sessions/device-info';

/** What every event of an administrator tells. They are written before the action is answered, never queued. */
export interface AdminEventBase {
  /** UUID v7 of the event. */
  readonly id: string;
  /** When it happened, by the module's clock. */
  readonly at: Date;
  /** The administrator: the access token's `sub`. */
  readonly actor: string;
  /** The device that sent the request. */
  readonly device: DeviceInfo | null;
}

/** Families were revoked, or only counted, by a filter. Each revoked one has its `refresh_token.revoked` besides. */
export interface AdminTokensRevoked extends AdminEventBase {
  readonly type: 'admin.tokens_revoked';
  /** The administrator's words. */
  readonly reason: string;
  /** The filter, how many matched, how many this revoked, and whether it was a dry run. */
  readonly details: { readonly filter: Record<string, unknown>; readonly matched: number; readonly revoked: number; readonly dryRun: boolean };
}

/** A list was taken away as CSV. */
export interface AdminExported extends AdminEventBase {
  readonly type: 'admin.exported';
  /** Which list, and its filter. */
  readonly details: { readonly export: 'tokens' | 'events'; readonly filter: Record<string, unknown> };
}

/** A pasted token was looked up. The token itself is kept nowhere. */
export interface AdminLookedUp extends AdminEventBase {
  readonly type: 'admin.looked_up';
  /** The family that it belongs to; null when there is none. */
  readonly sessionId: string | null;
  /** Whose family it is. */
  readonly subject: string | null;
}

/** An action was refused to somebody who is signed in. */
export interface AdminRefused extends AdminEventBase {
  readonly type: 'admin.refused';
  /** The error code: `admin_forbidden`, `admin_read_only` or `fresh_login_required`. */
  readonly reason: string;
  /** The action. */
  readonly details: { readonly action: string };
}

/** Every event of an administrator, by its type. */
export interface AdminEventMap {
  'admin.tokens_revoked': AdminTokensRevoked;
  'admin.exported': AdminExported;
  'admin.looked_up': AdminLookedUp;
  'admin.refused': AdminRefused;
}
