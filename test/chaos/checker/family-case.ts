import type { FamilyHistory, Row } from '../history/records';
import { Deaths } from './deaths';
import type { Rule, Violation } from './rules';
import type { ServerClock } from './server-clock';
import { type Limits, Timeline } from './timeline';

/** One family before the checks: what was done to it, what that proves, and its row. */
export class FamilyCase {
  readonly timeline: Timeline;
  readonly deaths: Deaths;

  constructor(
    readonly family: FamilyHistory,
    readonly row: Row | null,
    readonly clock: ServerClock,
    readonly limits: Limits,
  ) {
    this.timeline = new Timeline(family, clock, limits);
    this.deaths = new Deaths(this.timeline);
  }

  violation(rule: Rule, message: string): Violation {
    return { rule, family: this.family.id, message };
  }
}
