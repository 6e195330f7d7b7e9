import { Field, Model } from '../openapi/openapi';
import { orNull, text } from '../openapi/schema';
import type { DeviceInfo } from '../sessions/device-info';

@Model('DeviceInfo', 'What is remembered of a device, for people to recognise it.')
export class DeviceView implements DeviceInfo {
  @Field('The raw `User-Agent`, cut at 512 characters.', orNull(text))
  userAgent!: string | null;

  @Field('For instance `Firefox 142.0`.', orNull(text))
  browser!: string | null;

  @Field('For instance `Windows 10`.', orNull(text))
  os!: string | null;

  @Field('`desktop`, `mobile`, `tablet`, `tv` or `bot`.', orNull(text))
  device!: string | null;

  @Field('The address.', orNull(text))
  ip!: string | null;
}
