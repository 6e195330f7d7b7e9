import type { Random } from '../random';
import type { World } from '../world';

/** Something that goes wrong now and then, `mean` milliseconds apart. */
export interface Fault {
  readonly name: string;
  readonly mean: number;
  strike(world: World, random: Random): Promise<void>;
}

/** Lets faults strike until the campaign is over; resolves when the last one has passed. */
export async function letStrike(faults: readonly Fault[], world: World, random: Random): Promise<void> {
  await Promise.all(faults.map((fault) => keepStriking(fault, world, random.fork(fault.name))));
}

async function keepStriking({ mean, strike }: Fault, world: World, random: Random): Promise<void> {
  // The first comes within its mean: chance must not spare a short campaign.
  for (let pause = random.between(0, mean); await world.clock.rest(pause); pause = random.pauseAround(mean)) {
    await strike(world, random);
  }
}
