import { setTimeout as sleep } from 'node:timers/promises';
import type { Turnstile } from '../turnstile';
import { CLOCK_SKEW_MS } from '../settings';
import type { World } from '../world';
import type { Fault } from './fault';

/** Further back than this, access tokens would not be valid yet: they are from five seconds before they were made. */
const FURTHEST_BACK_MS = 2000;
const FURTHEST_AHEAD_MS = 25_000;
const CHANCE_OF_FAR = 0.3;
const PATIENCE_MS = 8000;
/** What a stopped process had still to do when the last client left. */
const SETTLING_MS = 1000;

/** One process's clock goes a little wrong. */
export const skewClocks = (mean: number): Fault => ({
  name: 'skew clock',
  mean,
  strike: async (world, random) => random.pick(world.fleet.nodes).setSkew(random.between(-CLOCK_SKEW_MS, CLOCK_SKEW_MS)),
});

/** All clocks jump. No request is under way at that moment: its client would be taken for late, or one process's past for another's. */
export const jumpClocks = (mean: number, noPauses: Turnstile): Fault => ({
  name: 'jump clocks',
  mean,
  strike: (world, random) =>
    noPauses.run(async () => {
      if ((await world.gate.close(PATIENCE_MS)) && (await world.wire.close(PATIENCE_MS))) {
        await sleep(SETTLING_MS);
        world.counts.clockJumps++;
        await moveClocks(world, random.between(-FURTHEST_BACK_MS, random.chance(CHANCE_OF_FAR) ? FURTHEST_AHEAD_MS : FURTHEST_BACK_MS));
      }
      world.wire.open();
      world.gate.open();
    }),
});

/** Moves the clocks of all processes, and writes down when. */
export async function moveClocks({ recorder, clock, fleet }: World, milliseconds: number): Promise<void> {
  const shift = Math.round((recorder.jumps.at(-1)?.shift ?? 0) + milliseconds);
  const from = clock.now();
  const jump = { from, to: Infinity, shift };
  recorder.jumps.push(jump);
  await fleet.setShift(shift);
  jump.to = clock.ended();
}
