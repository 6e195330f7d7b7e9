import { Field, Model } from '../openapi/openapi';
import { instant, listOf, of, orNull, text, uuid } from '../openapi/schema';
import type { DeviceInfo } from '../sessions/device-info';
import type { RefreshToken } from '../sessions/refresh-token.entity';

@Model('OwnSessionDevice', 'What is remembered of the device that logged in.')
class SessionDeviceView {
  @Field('The raw `User-Agent`, cut at 512 characters.', orNull(text))
  user_agent!: string | null;

  @Field('For instance `Firefox 142.0`.', orNull(text))
  browser!: string | null;

  @Field('For instance `Windows 10`.', orNull(text))
  os!: string | null;

  @Field('`desktop`, `mobile`, `tablet`, `tv` or `bot`.', orNull(text))
  device!: string | null;

  @Field('The address.', orNull(text))
  ip!: string | null;
}

@Model('OwnSession', 'A session as its owner sees it. Instants are ISO 8601 UTC.')
export class SessionView {
  @Field('The `sid` of its access tokens.', uuid)
  id!: string;

  @Field('Whether it is the session that asks.')
  current!: boolean;

  @Field('The `aud` of its access tokens.')
  audience!: string;

  @Field('A name for people.', orNull(text))
  label!: string | null;

  @Field('The device at login.', orNull(of(SessionDeviceView)))
  device_info!: SessionDeviceView | null;

  @Field('When it began.', instant)
  created_at!: string;

  @Field('When it was last refreshed; null until the first time.', orNull(instant))
  last_used!: string | null;

  @Field('When it ends unless it is used.', instant)
  expires_at!: string;
}

@Model('OwnSessionList', "The user's own sessions.")
export class SessionList {
  @Field('Those that live.', listOf(of(SessionView)))
  data!: SessionView[];
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
