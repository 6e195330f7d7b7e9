import type { Clock } from '../clock';
import { type Duration, parseDuration } from '../duration';

/** A clock that stands still until it is told otherwise. */
export class FakeClock implements Clock {
  private time: number;

  /** @param start @default now, so that tokens also look right to a real clock */
  constructor(start: Date = new Date()) {
    this.time = start.getTime();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.time;
  }

  /** Moves on, or back when the number of seconds is negative. */
  advance(duration: Duration): void {
    this.time += parseDuration(duration) * 1000;
  }

  /** Moves on by milliseconds, for tests of exact boundaries. */
  advanceMilliseconds(milliseconds: number): void {
    this.time += milliseconds;
  }

  /** Moves to an instant. */
  set(instant: Date): void {
    this.time = instant.getTime();
  }
}
