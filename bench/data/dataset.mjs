// Rows as a busy site has them, the same for the same seed. Ids are UUID v7 that fit `createdAt`, as the module makes them.

const DAY_MS = 86_400_000;
const LIFETIME_S = 30 * 86_400;

/** Who has far more sessions than anybody else: a program that logs in again and again. */
export const HEAVY_SUBJECT = 'c0ffee00-0000-4000-8000-000000000000';
/** Where one login in a hundred comes from. */
export const SHARED_IP = '203.0.113.7';
export const AUDIENCES = ['web', 'mobile', 'partner'];
export const ADMINISTRATOR = 'admin';
const KEYS = 200;
const HEAVY_SHARE = 0.02;

export const DEVICES = [
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36', 'Chrome 139.0.0.0', 'Windows 10', 'desktop'],
  ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36', 'Chrome 139.0.0.0', 'Android 10', 'mobile'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1', 'Safari 18.6', 'iOS 18.6', 'mobile'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15', 'Safari 18.6', 'macOS Catalina', 'desktop'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0', 'Firefox 142.0', 'Windows 10', 'desktop'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0', 'Microsoft Edge 139.0.0.0', 'Windows 10', 'desktop'],
]; // prettier-ignore
/** One login in a thousand. */
const RARE_DEVICE = [
  'Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) 120.0.6099.5/8.0 TV Safari/537.36',
  'Safari',
  'Tizen 8.0',
  'tv',
];

/** Families in the order of their ids: 30 % expired, 5 % revoked, 20 % never used, 400,000 subjects a million, 200 keys. */
export function* families(count, now, seed = 1) {
  const random = randomFrom(seed);
  const subjects = Math.ceil(count * 0.4);
  const begin = now - 180 * DAY_MS;
  for (let index = 0; index < count; index++) {
    const createdAt = Math.floor(begin + ((now - begin) * index) / count);
    const isKey = index % Math.max(1, Math.floor(count / KEYS)) === 7;
    const subject = random() < HEAVY_SHARE ? HEAVY_SUBJECT : subjectOf(Math.floor(random() * subjects));
    yield family({ random, createdAt, now, isKey, subject });
  }
}

function family({ random, createdAt, now, isKey, subject }) {
  const lastUsed = random() < 0.2 ? 0 : lastUse(random, createdAt, now);
  const revokedAt = random() < 0.05 ? Math.floor(createdAt + random() * (now - createdAt)) : null;
  const [userAgent, browser, os, device] = random() < 0.001 ? RARE_DEVICE : DEVICES[Math.floor(random() ** 2 * DEVICES.length)];
  const ip = random() < 0.01 ? SHARED_IP : ipOf(Math.floor(random() * 250_000));
  const generation = lastUsed === 0 ? 0 : 1 + Math.floor(random() * 200);
  return {
    id: idOf(createdAt, random), kind: isKey ? 'key' : 'session', subject, audience: audienceOf(random()), lifetime: LIFETIME_S,
    expiresAt: (lastUsed || createdAt) + LIFETIME_S * 1000, endsAt: createdAt + 365 * DAY_MS, createdAt,
    revokedAt, revokedReason: revokedAt && 'logout', revokedBy: revokedAt && subject,
    lastUsed, content: '{"role":"user"}', tokenHash: text(random, 43), generation, rotatedAt: lastUsed || null,
    confirmedGeneration: 0, rotationNonce: lastUsed ? text(random, 22) : null, secretId: 'secret-1', rotates: true, label: isKey ? 'robot' : null,
    deviceInfo: JSON.stringify([userAgent, browser, os, device, ip]), ip,
  }; // prettier-ignore
}

const TYPES = [
  ['refresh_token.reused', 0.02],
  ['refresh_token.issued', 0.1],
  ['refresh_token.revoked', 0.03],
  ['refresh_token.retried', 0.03],
  ['refresh_token.refused', 0.02],
  ['admin.looked_up', 0.001],
];

/** Lines of the audit log about `sessions`, `[id, subject]` each, over the last 29 days: rotations are not kept for much longer. */
export function* events(count, sessions, now, seed = 2) {
  const random = randomFrom(seed);
  const begin = now - 29 * DAY_MS;
  for (let index = 0; index < count; index++) {
    const at = Math.floor(begin + ((now - begin) * index) / count);
    const type = typeOf(random());
    const [sessionId, subject] = sessions[Math.floor(random() * sessions.length)];
    const [userAgent, browser, os, device] = DEVICES[Math.floor(random() ** 2 * DEVICES.length)];
    const ip = ipOf(Math.floor(random() * 250_000));
    yield {
      id: idOf(at, random), type, at, sessionId, subject, actor: type.startsWith('admin') ? ADMINISTRATOR : subject,
      reason: type === 'refresh_token.revoked' ? 'logout' : null, ip, generation: Math.floor(random() * 200), presentedGeneration: null,
      deviceInfo: JSON.stringify([userAgent, browser, os, device, ip]), details: null,
    }; // prettier-ignore
  }
}

/** What the module would have counted of `events` of 31 days. */
export function* counts(now, seed = 3) {
  const random = randomFrom(seed);
  const hour = Math.floor(now / 3_600_000) * 3_600_000;
  const types = ['refresh_token.rotated', ...TYPES.map(([type]) => type)];
  for (let back = 31 * 24; back >= 0; back--)
    for (const type of types) yield { hour: hour - back * 3_600_000, type, count: Math.floor(random() * 1000) };
}

export function subjectOf(index) {
  return `5b1ec700-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

export function ipOf(index) {
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed. */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Most are used every few days; a quarter of those used at all were left behind. */
function lastUse(random, createdAt, now) {
  const lately = now - random() ** 2 * 30 * DAY_MS;
  const leftBehind = createdAt + random() * Math.max(0, now - createdAt - 30 * DAY_MS);
  return Math.floor(random() < 0.8 ? Math.max(lately, createdAt + 1) : leftBehind + 1);
}

function audienceOf(chance) {
  return chance < 0.005 ? 'partner' : chance < 0.2 ? 'mobile' : 'web';
}

function typeOf(chance) {
  let left = chance;
  for (const [type, share] of TYPES) if ((left -= share) < 0) return type;
  return 'refresh_token.rotated';
}

function idOf(at, random) {
  const time = at.toString(16).padStart(12, '0');
  const tail = hex(random, 4) + hex(random, 8) + hex(random, 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(3)}`;
}

function hex(random, digits) {
  return Math.floor(random() * 16 ** digits).toString(16).padStart(digits, '0'); // prettier-ignore
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function text(random, length) {
  let result = '';
  while (result.length < length) result += ALPHABET[Math.floor(random() * 64)];
  return result;
}
