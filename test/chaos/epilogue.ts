import { setTimeout as sleep } from 'node:timers/promises';
import { moveClocks } from './faults/clock-faults';
import { CLOCK_SKEW_MS, PATIENCE_MS, REFRESH_LIFETIME } from './settings';
import type { World } from './world';

const AT_ONCE = 20;

/**
 * When nothing goes wrong any more: every living session refreshes, every dead one is refused, and when the idle end has
 * passed nothing is accepted at all. The checker judges the answers.
 */
export async function epilogue(world: World): Promise<void> {
  const { fleet, living, dead } = world;
  await Promise.race([fleet.allListen(), sleep(PATIENCE_MS, undefined, { ref: false })]);
  await forEach([...living], async (holder) => {
    if (await holder.refresh()) await holder.use();
  });
  await forEach(dead, (holder) => holder.insist(holder.tokens));
  await moveClocks(world, REFRESH_LIFETIME * 1000 + 2 * CLOCK_SKEW_MS);
  await forEach([...living, ...dead], async (holder) => {
    await holder.insist(holder.tokens);
    await holder.use();
  });
}

/** A few at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const takeTurns = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
}
