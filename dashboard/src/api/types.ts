/** The admin API's shapes. Nothing else in the dashboard declares them. */

export type Kind = 'session' | 'key';
export type Status = 'active' | 'expired' | 'revoked';

export interface DeviceInfo {
  userAgent: string | null;
  browser: string | null;
  os: string | null;
  device: string | null;
  ip: string | null;
}

export interface KeyRow {
  id: string;
  kind: Kind;
  subject: string;
  audience: string;
  /** Seconds. */
  lifetime: number;
  createdAt: string;
  expiresAt: string;
  endsAt: string;
  revokedAt: string | null;
  revokedReason: string | null;
  revokedBy: string | null;
  lastUsed: string | null;
  content: Record<string, unknown>;
  tokenHash: string;
  jti: string;
  generation: number;
  rotates: boolean;
  label: string | null;
  deviceInfo: DeviceInfo | null;
  status: Status;
}

export interface KeyDetail extends KeyRow {
  /** Oldest first, the newest 200. */
  events: AuditEvent[];
  eventsCapped: boolean;
}

export interface NewKey {
  audience: string;
  lifetime: number | string;
  subject?: string;
  label?: string;
  content?: Record<string, unknown>;
  rotates?: boolean;
}

export type IssuedKey = KeyRow & { token: string };

export interface PresentedToken {
  type: 'refresh' | 'access';
  generation: number;
  current: boolean;
}

export type LookedUpKey = KeyRow & { presented: PresentedToken };

export interface Total {
  value: number;
  capped: boolean;
}

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
  prevCursor: string | null;
  total: Total;
}

export type EventType =
  | 'refresh_token.issued'
  | 'refresh_token.rotated'
  | 'refresh_token.retried'
  | 'refresh_token.reused'
  | 'refresh_token.revoked'
  | 'refresh_token.refused'
  | 'admin.tokens_revoked'
  | 'admin.exported'
  | 'admin.looked_up'
  | 'admin.refused';

export interface AuditEvent {
  id: string;
  type: EventType;
  at: string;
  sessionId: string | null;
  subject: string | null;
  actor: string | null;
  reason: string | null;
  ip: string | null;
  generation: number | null;
  presentedGeneration: number | null;
  deviceInfo: DeviceInfo | null;
  result: 'ok' | 'refused';
  details: Record<string, unknown> | null;
}

export interface RevokeFilter {
  [name: string]: string | string[] | undefined;
  ids?: string[];
  exceptId?: string;
}

export interface BulkRevocation {
  filter: RevokeFilter;
  reason: string;
  dryRun?: boolean;
}

export interface BulkResult {
  matched: number;
  revoked: number;
}

export type Range = '24h' | '7d' | '30d';

export interface Counts {
  issued: number;
  rotated: number;
  retried: number;
  reused: number;
  revoked: number;
  refused: number;
}

export interface Stats {
  range: Range;
  from: string;
  to: string;
  bucketSeconds: number;
  tiles: Counts & { active: Total; subjects: Total; expiring: Total };
  series: (Counts & { at: string })[];
}

export interface Settings {
  readOnly: boolean;
  freshFor: number | null;
  issuer: string;
  audiences: string[];
  accessToken: {
    lifetime: number;
    notBeforeLeeway: number;
    clockTolerance: number;
    keys: { id: string; algorithm: string; signs: boolean; createdAt: string | null }[];
  };
  refreshToken: { lifetime: number; maxLifetime: number; graceSeconds: number; format: string };
  secrets: { id: string; signs: boolean; createdAt: string | null }[];
  revocation: { check: string };
  accessTokenOnRefresh: string | boolean;
  maxSessionsPerSubject: number | null;
  audit: { enabled: boolean; queueLimit: number; rotationsFor: number };
  table: { name: string; eventsName: string };
  exportLimit: number;
  prune: { scheduled: boolean };
  me: { subject: string; sessionId: string };
}

export interface ErrorBody {
  statusCode?: number;
  error?: string;
  code?: string;
  message?: string | string[];
}
