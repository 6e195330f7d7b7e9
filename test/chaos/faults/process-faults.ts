import type { AppNode } from '../app/app-node';
import type { Turnstile } from '../turnstile';
import { LONGEST_PAUSE_MS } from '../settings';
import type { World } from '../world';
import type { Fault } from './fault';

/** How long the balancer takes to see that a process does not answer. */
const BLINDNESS_MS = 300;
/** Now and then no process is left. */
const CHANCE_OF_THE_LAST = 0.1;

/** A process dies without a word, and the next one starts in its place. */
export const killApps = (mean: number): Fault => ({
  name: 'kill app',
  mean,
  strike: async (world, random) => {
    const running = world.fleet.nodes.filter(({ isServing }) => isServing);
    if (running.length > (random.chance(CHANCE_OF_THE_LAST) ? 0 : 1)) await kill(world, random.pick(running));
  },
});

/** A process stands still for a while, as a virtual machine may, and then goes on where it was. */
export const pauseApps = (mean: number, oneAtATime: Turnstile): Fault => ({
  name: 'pause app',
  mean,
  strike: (world, random) =>
    oneAtATime.run(async () => {
      const running = world.fleet.nodes.filter(({ isServing }) => isServing);
      if (running.length > 1) await pause(world, random.pick(running), random.between(BLINDNESS_MS, LONGEST_PAUSE_MS));
    }),
});

async function kill(world: World, node: AppNode): Promise<void> {
  world.counts.appKills++;
  await world.recorder.trouble({ kind: 'killed', node: node.index }, () => node.kill());
}

async function pause(world: World, node: AppNode, milliseconds: number): Promise<void> {
  world.counts.appPauses++;
  const seen = setTimeout(() => (node.isPaused = true), BLINDNESS_MS);
  await world.recorder.trouble({ kind: 'paused', node: node.index }, () => node.pause(milliseconds));
  clearTimeout(seen);
  node.isPaused = false;
}
