import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random';
import { BOUNDED_REVOCATION_MS } from '../settings';
import { play, PLOTS, steal } from '../thief/plots';
import { tally, type World } from '../world';
import type { Administrator } from './administrator';
import { end, ENDINGS } from './endings';
import type { Holder } from './holder';
import { type Account, logIn } from './log-in';
import type { Tokens } from './tokens';

const QUALITIES = { good: 5, lossy: 3, proxy: 2 } as const;
const CHANCE_OF_USE = 0.15;
const CHANCE_OF_TABS = 0.08;
const CHANCE_OF_THEFT = 0.5;
const MOST_TABS = 4;
const DEATH_CHECKS = 2;

/** What a life needs beside the world. */
export interface Surroundings {
  readonly accounts: readonly Account[];
  readonly administrator: Administrator;
  /** Mean pause between two refreshes of a session, milliseconds. */
  readonly pace: number;
  /** Rotations of a session, mean. */
  readonly length: number;
}

/** One session from login to its end, and a little beyond. */
export async function live(world: World, surroundings: Surroundings, random: Random): Promise<void> {
  const holder = await logIn(world, random.pick(surroundings.accounts), random, random.weighted(QUALITIES));
  if (!holder) return;
  world.living.add(holder);
  const left = await spend(holder, surroundings);
  if (!left) return;
  world.living.delete(holder);
  world.dead.push(holder);
  await lookBack(holder, left);
}

/** A key is refreshed until its end, which nothing moves. */
export async function liveAsKey(world: World, { administrator, pace }: Surroundings, random: Random): Promise<void> {
  const holder = await world.gate.run(() => administrator.makeKey(random.integer(5, 40), random));
  while (holder && !world.clock.isOver && (await step(holder, pace)));
}

/**
 * Refreshes for as long as the session shall last, then ends it one way or another.
 *
 * @returns who has its tokens when it has ended; null while it lives
 */
async function spend(holder: Holder, { pace, length, administrator }: Surroundings): Promise<Holder[] | null> {
  const { random, world } = holder;
  let spent = holder.tokens;
  for (let steps = random.integer(2, length * 2); steps > 0 && !world.clock.isOver; steps--) {
    spent = holder.tokens;
    if (!(await step(holder, pace))) return [holder];
  }
  if (world.clock.isOver) return null;
  if (random.chance(CHANCE_OF_THEFT)) return [holder, await beRobbed(holder)];
  await part(holder, spent, administrator);
  return [holder];
}

/** @returns whether the session goes on */
async function step(holder: Holder, pace: number): Promise<boolean> {
  await sleep(holder.random.pauseAround(pace));
  return holder.world.gate.run(() => act(holder));
}

async function act(holder: Holder): Promise<boolean> {
  const { random, world } = holder;
  const tabs = random.chance(CHANCE_OF_TABS) ? random.integer(2, MOST_TABS) : 1;
  if (tabs > 1) world.counts.simultaneous++;
  const goesOn = await holder.refresh(tabs);
  if (goesOn && holder.tokens.access && random.chance(CHANCE_OF_USE)) await holder.use();
  return goesOn;
}

async function part(holder: Holder, spent: Tokens, administrator: Administrator): Promise<void> {
  const ending = holder.random.weighted(ENDINGS);
  await (ending === 'idle end' ? end(ending, holder, spent, administrator) : holder.world.gate.run(() => end(ending, holder, spent, administrator)));
}

/** @returns the thief */
async function beRobbed(victim: Holder): Promise<Holder> {
  const { counts } = victim.world;
  const plot = victim.random.weighted(PLOTS);
  const thief = steal(victim);
  tally(counts.plots, plot);
  const last = await play(plot, victim, thief);
  if (!last) return thief;
  counts.theftsTried++;
  const { answer } = await last.holder.insist(last.tokens);
  if (answer === 'refresh_token_reused') counts.thefts++;
  return thief;
}

/** Whoever has a dead session's tokens tries them once more. */
async function lookBack(holder: Holder, left: readonly Holder[]): Promise<void> {
  await holder.insist(holder.tokens);
  await holder.use();
  await sleep(BOUNDED_REVOCATION_MS + 100);
  for (let check = 0; check < DEATH_CHECKS; check++) await holder.use();
  for (const { newestTwo } of left) for (const tokens of newestTwo) await holder.use(tokens);
}
