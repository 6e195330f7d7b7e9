import type { Random } from '../random';
import type { World } from '../world';
import { live, liveAsKey, type Surroundings } from './life';

/** Of so many sessions, one is a key. */
const SESSIONS_PER_KEY = 20;

/** Keeps a number of sessions alive until the campaign is over; each seat has one life after the other. */
export async function populate(world: World, size: number, surroundings: Surroundings, random: Random): Promise<void> {
  await Promise.all(Array.from({ length: size }, (_, seat) => fill(world, seat, surroundings, random.fork(`seat ${seat}`))));
}

async function fill(world: World, seat: number, surroundings: Surroundings, random: Random): Promise<void> {
  const lead = seat % SESSIONS_PER_KEY === 0 ? liveAsKey : live;
  for (let life = 0; !world.clock.isOver; life++) await lead(world, surroundings, random.fork(`life ${life}`));
}
