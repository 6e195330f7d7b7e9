import { decideRotation, type FamilyState, type PresentedToken, type RotationVerdict } from './rotation.policy';

/** In the middle of a second: whoever counts whole seconds is found out. */
const T0 = Date.UTC(2026, 0, 1, 0, 0, 0, 500);
const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** Rotated to generation 3 at T0; idle end in 14 days, absolute end in 90. */
const family = (changes: Partial<FamilyState> = {}): FamilyState => ({
  generation: 3,
  rotatedAt: new Date(T0),
  confirmedGeneration: 3,
  expiresAt: new Date(T0 + 14 * DAY),
  endsAt: new Date(T0 + 90 * DAY),
  revokedAt: null,
  revokedReason: null,
  ...changes,
});
const current: PresentedToken = { generation: 3, lineage: 'current' };
const predecessor: PresentedToken = { generation: 2, lineage: 'predecessor' };
const older: PresentedToken = { generation: 1, lineage: 'stranger' };
const revokedFor = (revokedReason: string): FamilyState => family({ revokedAt: new Date(T0), revokedReason });

interface Case {
  title: string;
  family: FamilyState | null;
  token: PresentedToken;
  /** Milliseconds after the rotation. */
  at: number;
  /** When the request came, if the database took its time. */
  asked?: number;
  graceSeconds?: number;
  retryUntilConfirmed?: number;
  verdict: RotationVerdict;
}

const CASES: Case[] = [
  { title: 'the current token', family: family(), token: current, at: 0, verdict: 'rotate' },
  {
    title: 'the first token of a new session',
    family: family({ generation: 0, rotatedAt: null }),
    token: { generation: 0, lineage: 'current' },
    at: 0,
    verdict: 'rotate',
  },
  { title: 'the current token 1 ms before its idle end', family: family(), token: current, at: 14 * DAY - 1, verdict: 'rotate' },
  { title: 'the current token at its idle end', family: family(), token: current, at: 14 * DAY, verdict: 'expired' },
  { title: 'the current token 1 ms after its idle end', family: family(), token: current, at: 14 * DAY + 1, verdict: 'expired' },
  {
    title: 'the current token at its absolute end, idle end later',
    family: family({ endsAt: new Date(T0 + DAY) }),
    token: current,
    at: DAY,
    verdict: 'expired',
  },
  {
    title: 'the current token 1 ms before its absolute end',
    family: family({ endsAt: new Date(T0 + DAY) }),
    token: current,
    at: DAY - 1,
    verdict: 'rotate',
  },
  { title: 'the predecessor at once', family: family(), token: predecessor, at: 0, verdict: 'retry' },
  { title: 'the predecessor 1 ms before the grace period ends', family: family(), token: predecessor, at: 30 * SECOND - 1, verdict: 'retry' },
  { title: 'the predecessor when the grace period ends', family: family(), token: predecessor, at: 30 * SECOND, verdict: 'reuse' },
  { title: 'the predecessor long after', family: family(), token: predecessor, at: DAY, verdict: 'reuse' },
  { title: 'the predecessor on a node whose clock is behind', family: family(), token: predecessor, at: -5 * SECOND, verdict: 'retry' },
  { title: 'the predecessor at once, without a grace period', family: family(), token: predecessor, at: 0, graceSeconds: 0, verdict: 'reuse' },
  { title: 'an older token inside the grace period', family: family(), token: older, at: 0, verdict: 'reuse' },
  { title: 'an older token long after', family: family(), token: older, at: DAY, verdict: 'reuse' },
  { title: 'a spent token of an expired family', family: family(), token: older, at: 14 * DAY, verdict: 'expired' },
  {
    title: 'the predecessor of an expired family',
    family: family({ expiresAt: new Date(T0 + SECOND) }),
    token: predecessor,
    at: SECOND,
    verdict: 'expired',
  },
  { title: 'a newer token than the row knows', family: family(), token: { generation: 4, lineage: 'stranger' }, at: 0, verdict: 'ahead' },
  {
    title: 'a newer token than a revoked row knows',
    family: revokedFor('logout'),
    token: { generation: 4, lineage: 'stranger' },
    at: 0,
    verdict: 'ahead',
  },
  { title: 'another secret of the current generation', family: family(), token: { generation: 3, lineage: 'stranger' }, at: 0, verdict: 'unknown' },
  { title: 'another secret of the generation before', family: family(), token: { generation: 2, lineage: 'stranger' }, at: DAY, verdict: 'unknown' },
  {
    title: 'the predecessor after the grace period, while nobody has used the successor',
    family: family({ confirmedGeneration: 2 }),
    token: predecessor,
    at: DAY - 1,
    retryUntilConfirmed: 86_400,
    verdict: 'retry',
  },
  {
    title: 'the predecessor of an unconfirmed successor, a day later',
    family: family({ confirmedGeneration: 2 }),
    token: predecessor,
    at: DAY,
    retryUntilConfirmed: 86_400,
    verdict: 'reuse',
  },
  {
    title: 'the predecessor after the grace period, when the successor was seen in use',
    family: family(),
    token: predecessor,
    at: 30 * SECOND,
    retryUntilConfirmed: 86_400,
    verdict: 'reuse',
  },
  {
    title: 'the predecessor after the grace period, where confirmation is not waited for',
    family: family({ confirmedGeneration: 0 }),
    token: predecessor,
    at: 30 * SECOND,
    verdict: 'reuse',
  },
  {
    title: 'an older token, while nobody has used the successor',
    family: family({ confirmedGeneration: 0 }),
    token: older,
    at: 0,
    retryUntilConfirmed: 86_400,
    verdict: 'reuse',
  },
  {
    title: 'the predecessor that came in the last moment of the grace period, and whose row came after it',
    family: family(),
    token: predecessor,
    asked: 30 * SECOND - 1,
    at: 33 * SECOND,
    verdict: 'retry',
  },
  {
    title: 'the predecessor of an unconfirmed family that came in time, and whose row came late',
    family: family({ confirmedGeneration: 0 }),
    token: predecessor,
    asked: 86_400 * SECOND - 1,
    at: 86_401 * SECOND,
    retryUntilConfirmed: 86_400,
    verdict: 'retry',
  },
  {
    title: 'the current token that came 1 ms before its idle end, and whose row came after it',
    family: family(),
    token: current,
    asked: 14 * DAY - 1,
    at: 14 * DAY,
    verdict: 'expired',
  },
  {
    title: 'the predecessor that came before the rotation and lost the race, without a grace period',
    family: family(),
    token: predecessor,
    asked: -5,
    at: 5,
    graceSeconds: 0,
    verdict: 'reuse',
  },
  { title: 'a token without a row', family: null, token: current, at: 0, verdict: 'unknown' },
  { title: 'the current token of a family that was logged out', family: revokedFor('logout'), token: current, at: 0, verdict: 'revoked' },
  {
    title: 'the predecessor in the grace period of a family that was logged out',
    family: revokedFor('logout'),
    token: predecessor,
    at: 0,
    verdict: 'revoked',
  },
  { title: 'an older token of a family that was logged out', family: revokedFor('logout'), token: older, at: 0, verdict: 'revoked' },
  { title: 'the current token of a family that was revoked for reuse', family: revokedFor('reuse'), token: current, at: 0, verdict: 'revoked' },
  { title: 'a spent token of a family that was revoked for reuse', family: revokedFor('reuse'), token: older, at: 0, verdict: 'reuse' },
  { title: 'a revoked family that has also expired', family: revokedFor('logout'), token: current, at: 20 * DAY, verdict: 'revoked' },
];

describe('rotation policy', () => {
  it.each(CASES)('says $verdict for $title', ({ family: state, token, at, asked = at, graceSeconds = 30, retryUntilConfirmed = 0, verdict }) => {
    expect(decideRotation(state, token, { asked: T0 + asked, now: T0 + at }, { graceSeconds, retryUntilConfirmed })).toBe(verdict);
  });
});
