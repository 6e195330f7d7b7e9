import {
  IconDeviceDesktop,
  IconDeviceMobile,
  IconDeviceTablet,
  IconDeviceUnknown,
  IconDeviceTv,
  IconRobot,
  type Icon as TablerIcon,
} from '@tabler/icons-react';
import type { DeviceInfo } from '../api/types';
import { UserText } from '../common/user-text';
import classes from './device.module.css';

const ICONS: readonly (readonly [pattern: RegExp, icon: TablerIcon])[] = [
  [/tablet|ipad/i, IconDeviceTablet],
  [/mobile|phone|android|ios/i, IconDeviceMobile],
  [/tv/i, IconDeviceTv],
  [/bot|curl|node|python|okhttp|java/i, IconRobot],
  [/desktop|windows|mac|linux|chrome ?os/i, IconDeviceDesktop],
];

const iconOf = (device: DeviceInfo): TablerIcon => {
  const text = `${device.device ?? ''} ${device.os ?? ''} ${device.browser ?? ''} ${device.userAgent ?? ''}`;
  return ICONS.find(([pattern]) => pattern.test(text))?.[1] ?? IconDeviceUnknown;
};

/** "Chrome on Windows". */
export function nameOfDevice(device: DeviceInfo | null): string | null {
  if (!device) return null;
  if (device.browser && device.os) return `${device.browser} on ${device.os}`;
  return device.browser ?? device.os ?? device.device ?? device.userAgent;
}

export function Device({ device }: { device: DeviceInfo | null }) {
  const name = nameOfDevice(device);
  if (!device || (!name && !device.ip)) return <span className={classes.unknown}>unknown</span>;
  const Icon = iconOf(device);
  return (
    <span className={classes.device}>
      <Icon size={18} aria-hidden className={classes.icon} />
      <span className={classes.text}>
        <UserText truncate>{name ?? 'Unknown device'}</UserText>
        {device.ip && (
          <span className={classes.ip}>
            <UserText truncate>{device.ip}</UserText>
          </span>
        )}
      </span>
    </span>
  );
}
