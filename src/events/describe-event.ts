import { newId } from '../ids';
import type { DeviceInfo } from '../sessions/device-info';
import type { RefreshToken } from '../sessions/refresh-token.entity';
import type { RefreshTokenEventBase } from './refresh-token-events';

/** The part that all events of a session share. */
export function describeEvent(session: RefreshToken, now: number, device: DeviceInfo | null): RefreshTokenEventBase {
  const { id: sessionId, kind, subject, audience, generation } = session;
  return { id: newId(now), at: new Date(now), sessionId, kind, subject, audience, generation, device };
}
