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

const textsOf = ({ userAgent, browser, os, device, ip }: DeviceInfo) => [userAgent, browser, os, device, ip];

/** A device ↔ a JSON array of its five texts, none of them as `""`: with the names of its members a row would be a tenth longer. */
export const deviceTexts = {
  to: (device: DeviceInfo | null) => device && JSON.stringify(textsOf(device).map((text) => text ?? '')),
  from: (text: string | null): DeviceInfo | null => {
    if (!text) return null;
    const [userAgent, browser, os, device, ip] = (JSON.parse(text) as string[]).map((member) => member || null);
    return { userAgent, browser, os, device, ip } as DeviceInfo;
  },
};

/** An Express or Fastify request. Besides these two, the state of its socket is read: who has hung up ends no session by a reuse. */
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
export function deviceOf({ device, request }: { device?: Partial<DeviceInfo>; request?: DeviceRequest }): DeviceInfo | null {
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

type Parsed = Pick<DeviceInfo, 'browser' | 'os' | 'device'>;

const KNOWN_USER_AGENTS = 500;
/** Many requests have few user agents, and to parse one takes as long as a signature. */
const parsed = new Map<string, Parsed>();

function parseUserAgent(userAgent: string): Parsed {
  const known = parsed.get(userAgent) ?? parse(userAgent);
  if (parsed.size >= KNOWN_USER_AGENTS) parsed.clear();
  parsed.set(userAgent, known);
  return known;
}

function parse(userAgent: string): Parsed {
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
  // There is one spelling of an IPv4 address that counts as one.
  if (version === 4) return plain;
  const { address } = new SocketAddress({ address: plain, family: 'ipv6' });
  return address.replace(MAPPED_IPV4, '$1');
}
