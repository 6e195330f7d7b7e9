import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from './history/records';

/** The campaign's own time. It never jumps; what the app's clocks show is written in the history. */
export class CampaignClock {
  readonly epoch = Date.now();
  /** No new life begins, none goes on, and nothing more goes wrong. */
  isOver = false;
  private readonly start = performance.now();
  private readonly ending = new AbortController();

  constructor() {
    setMaxListeners(0, this.ending.signal);
  }

  /** Rounded down: right for a beginning. */
  now(): Instant {
    return Math.floor(performance.now() - this.start);
  }

  /** Rounded up: right for an end. */
  ended(): Instant {
    return Math.ceil(performance.now() - this.start);
  }

  /** @returns whether the time has passed before everything was over */
  async rest(milliseconds: number): Promise<boolean> {
    await sleep(milliseconds, undefined, { signal: this.ending.signal }).catch(() => undefined);
    return !this.isOver;
  }

  finish(): void {
    this.isOver = true;
    this.ending.abort();
  }

  async until(instant: Instant): Promise<void> {
    await sleep(Math.max(0, instant - this.now()));
  }
}
