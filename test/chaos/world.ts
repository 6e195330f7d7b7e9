import type { Fleet } from './app/fleet';
import type { CampaignClock } from './campaign-clock';
import type { Holder } from './clients/holder';
import type { Gate } from './gate';
import type { Recorder } from './history/recorder';
import type { Turnstile } from './turnstile';
import type { TokenSample } from './checker/leaks';

/** How often each of some things was done. */
export type Tally = Record<string, number>;

/** What was done, for the report. */
export interface Counts {
  logins: number;
  simultaneous: number;
  accessChecks: number;
  droppedByClient: number;
  droppedByProxy: number;
  /** Those that came as far as to a token that has to be noticed, and those of them that were. */
  theftsTried: number;
  thefts: number;
  /** How often each plot of a thief was begun, and each way to end a session. */
  readonly plots: Tally;
  readonly endings: Tally;
  logouts: number;
  adminRevocations: number;
  expirations: number;
  keys: number;
  appKills: number;
  appPauses: number;
  databaseKills: number;
  connectionsCut: number;
  /** By what they were about to carry. */
  readonly cuts: Tally;
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

export function tally(counts: Tally, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

export const noCounts = (): Counts => ({
  logins: 0,
  simultaneous: 0,
  accessChecks: 0,
  droppedByClient: 0,
  droppedByProxy: 0,
  theftsTried: 0,
  thefts: 0,
  plots: {},
  endings: {},
  logouts: 0,
  adminRevocations: 0,
  expirations: 0,
  keys: 0,
  appKills: 0,
  appPauses: 0,
  databaseKills: 0,
  connectionsCut: 0,
  cuts: {},
  readOnlyPhases: 0,
  clockJumps: 0,
});
