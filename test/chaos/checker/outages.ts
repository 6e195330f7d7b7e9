import type { Instant, Trouble } from '../history/records';
import { RECOVERY_MS } from '../settings';

/** The times in which the database was away, or had just come back. */
export class Outages {
  private readonly stretches: readonly { from: Instant; to: Instant }[];

  constructor(troubles: readonly Trouble[]) {
    this.stretches = troubles
      .filter(({ kind }) => kind === 'database')
      .map(({ from, to }) => ({ from, to: to + RECOVERY_MS }))
      .sort((a, b) => a.from - b.from);
  }

  /** How many milliseconds of a stretch of time they cover. */
  covered(from: Instant, to: Instant): number {
    let done = from;
    let covered = 0;
    for (const stretch of this.stretches) {
      const until = Math.min(stretch.to, to);
      covered += Math.max(0, until - Math.max(stretch.from, done));
      done = Math.max(done, until);
    }
    return covered;
  }
}
