import { type FamilyHistory, type Instant, mayHaveHappened, type Refresh } from '../history/records';
import type { Circumstances } from './circumstances';

/**
 * What the answers prove about one family. Requests overlap and answers get lost, so each change has a stretch of time in
 * which it happened: not before its `earliest`, and by its `latest`.
 */
export class Timeline {
  /** By the generation presented: when somebody first tried to advance it. */
  private readonly firstTry = new Map<number, Instant>();
  /** By generation: by when it, or a later one, had been given to somebody. */
  private readonly seen: Instant[] = [];

  constructor(
    readonly family: FamilyHistory,
    readonly circumstances: Circumstances,
  ) {
    this.seen[0] = family.login.ended;
    for (const refresh of family.refreshes) this.note(refresh);
    for (let generation = this.seen.length - 2; generation >= 0; generation--) {
      this.seen[generation] = Math.min(this.seen[generation] ?? Infinity, this.seen[generation + 1] ?? Infinity);
    }
  }

  /** The highest generation that somebody was given. */
  get newest(): number {
    return this.seen.length - 1;
  }

  /** The highest that can be in the database: a lost answer may hide one more. */
  get newestPossible(): number {
    return this.firstTry.has(this.newest) ? this.newest + 1 : this.newest;
  }

  /** Before this instant the generation can't have been there: nobody had presented its predecessor. */
  earliest(generation: number): Instant {
    return generation === 0 ? this.family.login.sent : (this.firstTry.get(generation - 1) ?? Infinity);
  }

  /** At this instant the generation had been reached. */
  latest(generation: number): Instant {
    return this.seen[generation] ?? Infinity;
  }

  /** The generation that had certainly been reached at an instant. */
  reachedBefore(instant: Instant): number {
    let generation = this.newest;
    while (generation > 0 && this.latest(generation) >= instant) generation--;
    return generation;
  }

  /** Whether a presentation can have been outside the window. */
  mayBeReuse(refresh: Refresh): boolean {
    const end = this.circumstances.settling.by(refresh);
    return this.earliest(refresh.presented + 2) <= end || this.isSpentTooLong(refresh, end);
  }

  /** Whether the presented token can have been spent for longer than the grace period, if it was judged by `end`. */
  isSpentTooLong(refresh: Refresh, end: Instant): boolean {
    return this.longestSpent(refresh, end) >= this.circumstances.limits.grace;
  }

  /** For how long, by any two clocks, the presented token can have been spent, if it was judged by `end`. */
  longestSpent({ presented, sent }: Refresh, end: Instant): number {
    const { clock } = this.circumstances;
    const rotated = this.earliest(presented + 1);
    return rotated <= end ? clock.latest(sent, end) - clock.earliest(rotated, end) : -Infinity;
  }

  /** Whether it certainly was. */
  isReuse({ presented, sent }: Refresh): boolean {
    if (this.latest(presented + 2) < sent) return true;
    const { clock, limits } = this.circumstances;
    const rotated = this.latest(presented + 1);
    return rotated < sent && clock.earliest(sent) - clock.latest(this.earliest(presented + 1), rotated) >= limits.grace;
  }

  private note({ presented, sent, ended, answer, grant }: Refresh): void {
    if (mayHaveHappened(answer)) this.firstTry.set(presented, Math.min(sent, this.firstTry.get(presented) ?? Infinity));
    if (grant) this.seen[grant.generation] = Math.min(ended, this.seen[grant.generation] ?? Infinity);
  }
}
