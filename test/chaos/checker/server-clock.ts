import type { ClockJump, Instant } from '../history/records';

/** What the clocks of the app's processes can have shown at an instant of the campaign, in milliseconds since 1970. */
export class ServerClock {
  constructor(
    private readonly epoch: number,
    private readonly jumps: readonly ClockJump[],
    private readonly skew: number,
  ) {}

  earliest(from: Instant, to: Instant = from): number {
    return this.epoch + from - this.skew + Math.min(...this.shifts(from, to));
  }

  latest(from: Instant, to: Instant = from): number {
    return this.epoch + to + this.skew + Math.max(...this.shifts(from, to));
  }

  /** Every shift that some process had in a stretch of time. */
  private shifts(from: Instant, to: Instant): number[] {
    const shifts = [0, ...this.jumps.map(({ shift }) => shift)];
    return shifts.filter((_, index) => {
      const begins = index === 0 ? -Infinity : this.jumps[index - 1]!.from;
      const ends = this.jumps[index]?.to ?? Infinity;
      return begins <= to && from < ends;
    });
  }
}
