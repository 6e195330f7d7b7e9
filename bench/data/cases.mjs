// What administrators ask for. A value that is a function gives another one for each sample.
import { HEAVY_SUBJECT, ipOf, SHARED_IP, subjectOf } from './dataset.mjs';

const DAY_MS = 86_400_000;

export const SORTS = ['createdAt', 'lastUsed', 'expiresAt'];
export const ORDERS = ['desc', 'asc'];

/** Filters of the list of families. */
export function tokenFilters({ rows, now, ids }) {
  const day = (offset) => new Date(now + offset * DAY_MS).toISOString();
  const subject = (sample) => subjectOf((sample * 7919) % Math.ceil(rows * 0.4));
  const ip = (sample) => ipOf((sample * 7919) % 250_000);
  return {
    'no filter': {},
    active: { status: 'active' },
    expired: { status: 'expired' },
    revoked: { status: 'revoked' },
    'a subject': { subject },
    'a subject with 2 % of all': { subject: HEAVY_SUBJECT },
    'audience of 80 %': { audience: 'web' },
    'audience of 0.5 %': { audience: 'partner' },
    sessions: { kind: 'session' },
    keys: { kind: 'key' },
    jti: { jti: (sample) => `${ids[sample % ids.length]}.0` },
    'device, 20 %': { device: 'firefox' },
    'device, 0.1 %': { device: 'tizen' },
    'an address': { ip },
    'an address of 1 %': { ip: SHARED_IP },
    'created on a day': { createdFrom: day(-40), createdTo: day(-39) },
    'created in 90 days': { createdFrom: day(-120), createdTo: day(-30) },
    'last used in an hour': { lastUsedFrom: day(-5), lastUsedTo: day(-5 + 1 / 24) },
    'last used before a week': { lastUsedTo: day(-7) },
    'expires within a day': { expiresFrom: day(0), expiresTo: day(1) },
    'expires later than a week': { expiresFrom: day(7) },
    'audience of 0.5 %, active': { audience: 'partner', status: 'active' },
    'audience of 80 %, revoked': { audience: 'web', status: 'revoked' },
    'keys of an audience': { kind: 'key', audience: 'mobile' },
    'device of 0.1 %, active': { device: 'tizen', status: 'active' },
    'address of 1 %, subject of 2 %': { ip: SHARED_IP, subject: HEAVY_SUBJECT },
    'subject of 2 %, revoked': { subject: HEAVY_SUBJECT, status: 'revoked' },
    'created in 90 days, expired, device': { createdFrom: day(-120), createdTo: day(-30), status: 'expired', device: 'iphone' },
    'matches nothing, no index knows': { device: 'no such device' },
  };
}

/** Filters of the audit log. */
export function eventFilters({ rows, now, ids }) {
  const day = (offset) => new Date(now + offset * DAY_MS).toISOString();
  return {
    'events: no filter': {},
    'events: reused': { type: 'refresh_token.reused' },
    'events: rotated': { type: 'refresh_token.rotated' },
    'events: a subject': { subject: (sample) => subjectOf((sample * 7919) % Math.ceil(rows * 0.4)) },
    'events: a subject with 2 % of all': { subject: HEAVY_SUBJECT },
    'events: a session': { sessionId: (sample) => ids[sample % ids.length] },
    'events: an actor': { actor: 'admin' },
    'events: an address': { ip: ipOf(7919) },
    'events: a day': { from: day(-10), to: day(-9) },
    'events: reused, of one subject, in a month': { type: 'refresh_token.reused', subject: HEAVY_SUBJECT, from: day(-25), to: day(-5) },
  };
}
