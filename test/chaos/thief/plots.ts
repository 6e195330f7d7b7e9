import { Holder } from '../clients/holder';
import type { Tokens } from '../clients/tokens';
import { CLOCK_SKEW_MS, GRACE_SECONDS } from '../settings';

/** How a stolen refresh token is used. Each plot ends with a token that is certainly outside the window. */
export const PLOTS = {
  'replays a token that is two steps old': 30,
  'comes after the victim, too late': 14,
  'comes before the victim and goes on': 16,
  'comes before the victim, who comes too late': 10,
  'comes after the victim, in time, and is left behind': 15,
  'races the victim, then is left behind': 15,
} as const;

export type Plot = keyof typeof PLOTS;

/** Beyond the grace period on any two clocks. */
const TOO_LATE_MS = GRACE_SECONDS * 1000 + 2 * CLOCK_SKEW_MS + 500;
const RACES = 3;

/** Somebody copies the current tokens. */
export function steal({ world, family, tokens, random }: Holder): Holder {
  return new Holder(world, family, 'thief', tokens, random.fork('thief'), 'good');
}

/**
 * Plays a plot; the thief has just stolen.
 *
 * @returns the last presentation's holder and token, which have to be noticed; null when the family ended before
 */
export async function play(plot: Plot, victim: Holder, thief: Holder): Promise<{ holder: Holder; tokens: Tokens } | null> {
  const stolen = thief.tokens;
  switch (plot) {
    case 'replays a token that is two steps old':
      return (await advance(victim, 2)) ? { holder: thief, tokens: stolen } : null;
    case 'comes after the victim, too late':
      return (await advance(victim, 1)) && (await tooLate(victim)) ? { holder: thief, tokens: stolen } : null;
    case 'comes before the victim and goes on':
      return (await advance(thief, 2)) ? { holder: victim, tokens: stolen } : null;
    case 'comes before the victim, who comes too late':
      return (await advance(thief, 1)) && (await tooLate(victim)) ? { holder: victim, tokens: stolen } : null;
    case 'comes after the victim, in time, and is left behind':
      await advance(victim, 1);
      await thief.insist(stolen);
      return (await advance(victim, 2)) ? { holder: thief, tokens: thief.tokens } : null;
    case 'races the victim, then is left behind':
      for (let race = 0; race < RACES; race++) await Promise.all([refresh(thief), refresh(victim)]);
      return (await advance(victim, 2)) ? { holder: thief, tokens: thief.tokens } : null;
  }
}

async function advance(holder: Holder, steps: number): Promise<boolean> {
  for (let step = 0; step < steps; step++) if (!(await refresh(holder))) return false;
  return true;
}

/** Through the gate like every refresh with its repetitions: a jump of the clocks between them would make an honest client late. */
function refresh(holder: Holder): Promise<boolean> {
  return holder.world.gate.run(() => holder.refresh());
}

/** @returns whether it has become too late before the campaign was over */
function tooLate({ world }: Holder): Promise<boolean> {
  return world.clock.rest(TOO_LATE_MS);
}
