import type { RefreshTokenEventRecord } from '../audit/refresh-token-event.entity';
import { EVENT_TYPES, type JwtRefreshEventType } from '../events/jwt-refresh-events';
import { Field, Model } from '../openapi/openapi';
import { anyObject, instant, integer, of, oneOf, orNull, text, uuid } from '../openapi/schema';
import type { DeviceInfo } from '../sessions/device-info';
import { DeviceView } from './device.view';

@Model('RefreshTokenEvent', 'A line of the audit log as administrators see it. Instants are ISO 8601 UTC.')
export class EventView {
  @Field('UUID v7: the order of ids is the order of time.', uuid)
  id!: string;

  @Field('What happened.', oneOf(EVENT_TYPES))
  type!: JwtRefreshEventType;

  @Field('When.', instant)
  at!: string;

  @Field('The token family it happened to, where it is about one.', orNull(uuid))
  sessionId!: string | null;

  @Field('Whose family it is.', orNull(text))
  subject!: string | null;

  @Field('Who did it; null for the holder of the token, and for the module itself.', orNull(text))
  actor!: string | null;

  @Field('Why.', orNull(text))
  reason!: string | null;

  @Field('The address of the request.', orNull(text))
  ip!: string | null;

  @Field("The family's generation after the event.", orNull(integer))
  generation!: number | null;

  @Field('The generation of the token that was presented, where it differs.', orNull(integer))
  presentedGeneration!: number | null;

  @Field('The device of the request, where there was one.', orNull(of(DeviceView)))
  deviceInfo!: DeviceInfo | null;

  @Field('Whether what was asked for was done.', oneOf(['ok', 'refused']))
  result!: 'ok' | 'refused';

  @Field("What else an administrator's action was about.", orNull(anyObject))
  details!: Record<string, unknown> | null;
}

const REFUSALS: readonly JwtRefreshEventType[] = ['refresh_token.refused', 'refresh_token.reused', 'admin.refused'];

export function eventView(event: RefreshTokenEventRecord): EventView {
  const { id, type, at, sessionId, subject, actor, reason, ip, generation, presentedGeneration, deviceInfo, details } = event;
  const result = REFUSALS.includes(type) ? 'refused' : 'ok';
  return { id, type, at: at.toISOString(), sessionId, subject, actor, reason, ip, generation, presentedGeneration, deviceInfo, result, details };
}
