import type { Fleet } from './app/fleet';
import type { CampaignClock } from './campaign-clock';
import type { Holder } from './clients/holder';
import type { Gate } from './gate';
import type { Recorder } from './history/recorder';
import type { Turnstile } from './turnstile';
import type { TokenSample } from './checker/leaks';

/** What was done, for the report. */
export interface Counts {
  logins: number;
  simultaneous: number;
  accessChecks: number;
  droppedByClient: number;
  droppedByProxy: number;
  thefts: number;
  logouts: number;
  adminRevocations: number;
  expirations: number;
  keys: number;
  appKills: number;
  appPauses: number;
  databaseKills: number;
  connectionsCut: number;
  readOnlyPhases: number;
  clockJumps: number;
}

/** What everybody in a campaign shares. */
export interface World {
  readonly clock: CampaignClock;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  /** Whoever wants a refresh, with all its repetitions, goes through the gate; every single request through the wire. */
  readonly gate: Gate;
  readonly wire: Gate;
  /** Passwords are hashed slowly on purpose: only a few logins at a time. */
  readonly entrance: Turnstile;
  readonly sample: TokenSample;
  readonly counts: Counts;
  /** Whose session lives, and who had one that ended. */
  readonly living: Set<Holder>;
  readonly dead: Holder[];
}

export const noCounts = (): Counts => ({
  logins: 0,
  simultaneous: 0,
  accessChecks: 0,
  droppedByClient: 0,
  droppedByProxy: 0,
  thefts: 0,
  logouts: 0,
  adminRevocations: 0,
  expirations: 0,
  keys: 0,
  appKills: 0,
  appPauses: 0,
  databaseKills: 0,
  connectionsCut: 0,
  readOnlyPhases: 0,
  clockJumps: 0,
});
