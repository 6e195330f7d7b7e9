import type { DeviceInfo } from '../sessions/device-info';
import type { RefreshToken } from '../sessions/refresh-token.entity';

/** A session as its owner sees it. Instants are ISO 8601 UTC. */
export interface SessionView {
  id: string;
  /** Whether it is the session that asks. */
  current: boolean;
  audience: string;
  label: string | null;
  device_info: { user_agent: string | null; browser: string | null; os: string | null; device: string | null; ip: string | null } | null;
  created_at: string;
  last_used: string | null;
  expires_at: string;
}

/** An allow-list: a column that is added to the row does not show here by itself. */
export function sessionView(session: RefreshToken, currentId: string): SessionView {
  const { id, audience, label, deviceInfo, createdAt, lastUsed, expiresAt } = session;
  return {
    id,
    current: id === currentId,
    audience,
    label,
    device_info: deviceInfo && deviceView(deviceInfo),
    created_at: createdAt.toISOString(),
    last_used: lastUsed?.toISOString() ?? null,
    expires_at: expiresAt.toISOString(),
  };
}

function deviceView({ userAgent, browser, os, device, ip }: DeviceInfo): SessionView['device_info'] {
  return { user_agent: userAgent, browser, os, device, ip };
}
