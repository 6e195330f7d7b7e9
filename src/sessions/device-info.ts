import Bowser from 'bowser';
import { isIP, SocketAddress } from 'node:net';

/** What is remembered of the device that logged in. For people to recognise it, never for a decision. */
export interface DeviceInfo {
  /** The raw `User-Agent`, cut at 512 characters. */
  userAgent: string | null;
  /** For instance `Firefox 142.0`. */
  browser: string | null;
  /** For instance `Windows 10`. */
  os: string | null;
  /** `desktop`, `mobile`, `tablet`, `tv` or `bot`. */
  device: string | null;
  /** The address as the framework trusts it (`trust proxy` decides), canonical; null when it is not an IP address. */
  ip: string | null;
}

/** The parts of an Express or Fastify request that are read. */
export interface DeviceRequest {
  /** Only `user-agent` is read. */
  headers?: Record<string, string | string[] | undefined>;
  /** The client's address as the framework trusts it. */
  ip?: string;
}

const MAX_USER_AGENT = 512;
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Reads the device from a request. Never throws: a strange header gives nulls. */
export function deviceFromRequest(request: DeviceRequest): DeviceInfo {
  return describeDevice(request.headers?.['user-agent'], request.ip);
}

/** The device behind a call of the host's: as described, else as the request tells. */
export function deviceOf({ device, request }: { device?: DeviceInfo; request?: DeviceRequest }): DeviceInfo | null {
  if (device) return toDeviceInfo(device);
  return request ? deviceFromRequest(request) : null;
}

/** A device the host describes itself: what is no text is left out. */
function toDeviceInfo(device: Partial<DeviceInfo>): DeviceInfo {
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, MAX_USER_AGENT).toWellFormed() : null);
  const { userAgent, browser, os, device: kind, ip } = device;
  return { userAgent: text(userAgent), browser: text(browser), os: text(os), device: text(kind), ip: canonicalIp(ip) };
}

export function describeDevice(userAgent: unknown, ip: unknown): DeviceInfo {
  const text = typeof userAgent === 'string' ? userAgent.slice(0, MAX_USER_AGENT).toWellFormed() : '';
  return { userAgent: text || null, ...parseUserAgent(text), ip: canonicalIp(ip) };
}

function parseUserAgent(userAgent: string): Pick<DeviceInfo, 'browser' | 'os' | 'device'> {
  try {
    const { browser, os, platform } = Bowser.parse(userAgent);
    return { browser: named(browser.name, browser.version), os: named(os.name, os.versionName ?? os.version), device: platform.type ?? null };
  } catch {
    return { browser: null, os: null, device: null };
  }
}

function named(name?: string, version?: string): string | null {
  return name ? [name, version].filter(Boolean).join(' ').slice(0, 64).toWellFormed() : null;
}

/** One spelling per address: no zone, IPv6 as RFC 5952 writes it, mapped IPv4 as IPv4. */
export function canonicalIp(ip: unknown): string | null {
  const plain = typeof ip === 'string' ? ip.replace(/%.*$/, '') : '';
  const version = isIP(plain);
  if (version === 0) return null;
  const { address } = new SocketAddress({ address: plain, family: version === 4 ? 'ipv4' : 'ipv6' });
  return address.replace(MAPPED_IPV4, '$1');
}
