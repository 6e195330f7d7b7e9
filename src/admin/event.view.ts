import type { RefreshTokenEventRecord } from '../audit/refresh-token-event.entity';
import type { JwtRefreshEventType } from '../events/jwt-refresh-events';
import type { DeviceInfo } from '../sessions/device-info';

/** A line of the audit log as administrators see it. Instants are ISO 8601 UTC. */
export class EventView {
  id!: string;
  type!: JwtRefreshEventType;
  at!: string;
  /** The token family it happened to, where it is about one. */
  sessionId!: string | null;
  /** Whose family it is. */
  subject!: string | null;
  /** Who did it; null for the holder of the token, and for the module itself. */
  actor!: string | null;
  /** Why. */
  reason!: string | null;
  ip!: string | null;
  /** The family's generation after the event. */
  generation!: number | null;
  /** The generation of the token that was presented, where it differs. */
  presentedGeneration!: number | null;
  deviceInfo!: DeviceInfo | null;
  /** Whether what was asked for was done. */
  result!: 'ok' | 'refused';
  /** What else an administrator's action was about. */
  details!: Record<string, unknown> | null;
}

const REFUSALS: readonly JwtRefreshEventType[] = ['refresh_token.refused', 'refresh_token.reused', 'admin.refused'];

export function eventView(event: RefreshTokenEventRecord): EventView {
  const { id, type, at, sessionId, subject, actor, reason, ip, generation, presentedGeneration, deviceInfo, details } = event;
  const result = REFUSALS.includes(type) ? 'refused' : 'ok';
  return { id, type, at: at.toISOString(), sessionId, subject, actor, reason, ip, generation, presentedGeneration, deviceInfo, result, details };
}
