import type { History, Trouble } from '../history/records';
import { isStop, Settling } from '../history/settling';
import { CLOCK_SKEW_MS } from '../settings';
import { Outages } from './outages';
import { ServerClock } from './server-clock';

/** The durations that decide, in milliseconds, and what else a campaign is like. */
export interface Limits {
  readonly grace: number;
  /** How soon access tokens of a revoked family are dead. */
  readonly revocationBound: number;
  readonly absoluteLifetime: number;
  /** Whether one process at a time can write, as on SQLite: all others wait for it, also while it is stopped. */
  readonly oneWriter: boolean;
}

/** What all families of a campaign have in common. */
export class Circumstances {
  readonly clock: ServerClock;
  readonly troubles: readonly Trouble[];
  readonly settling: Settling;
  readonly outages: Outages;

  constructor(
    { epoch, jumps, troubles }: History,
    readonly limits: Limits,
  ) {
    this.clock = new ServerClock(epoch, jumps, CLOCK_SKEW_MS);
    this.troubles = troubles;
    // It is asked of each request many times, and most troubles are none of its.
    this.settling = new Settling(troubles.filter(isStop));
    this.outages = new Outages(troubles);
  }
}
