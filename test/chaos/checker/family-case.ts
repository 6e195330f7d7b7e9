import type { FamilyHistory, Row } from '../history/records';
import type { Circumstances, Limits } from './circumstances';
import { Deaths } from './deaths';
import type { Rule, Violation } from './rules';
import type { ServerClock } from './server-clock';
import { Timeline } from './timeline';

/** One family before the checks: what was done to it, what that proves, and its row. */
export class FamilyCase {
  readonly timeline: Timeline;
  readonly deaths: Deaths;

  constructor(
    readonly family: FamilyHistory,
    readonly row: Row | null,
    readonly circumstances: Circumstances,
  ) {
    this.timeline = new Timeline(family, circumstances);
    this.deaths = new Deaths(this.timeline);
  }

  get clock(): ServerClock {
    return this.circumstances.clock;
  }

  get limits(): Limits {
    return this.circumstances.limits;
  }

  violation(rule: Rule, message: string): Violation {
    return { rule, family: this.family.id, message };
  }
}
