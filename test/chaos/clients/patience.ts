import type { Instant } from '../history/records';
import { PATIENCE_MS } from '../settings';
import type { World } from '../world';

/** Of somebody who asks again and again until there is an answer. Who never gets one gives up after a while, which is written down. */
export class Patience {
  private readonly from: Instant;

  constructor(
    private readonly world: World,
    private readonly what: string,
    private readonly family: string | null = null,
  ) {
    this.from = world.clock.now();
  }

  isOver(): boolean {
    const to = this.world.clock.now();
    if (to - this.from < PATIENCE_MS) return false;
    this.world.recorder.despairs.push({ family: this.family, what: this.what, from: this.from, to });
    return true;
  }
}
