import { Random } from '../random';
import type { World } from '../world';
import { letStrike } from './fault';

const MEAN = 1000;

/** A campaign that is over after so many pauses. */
function worldOf(count: number, pauses: number[]): World {
  return { clock: { rest: async (pause: number) => pauses.push(pause) <= count } } as unknown as World;
}

describe('a fault', () => {
  it('strikes for the first time within its mean, and again after a pause of any length, until the campaign is over', async () => {
    const firsts: number[] = [];
    const later: number[] = [];
    let strikes = 0;
    const strike = async () => void strikes++;
    for (let seed = 0; seed < 200; seed++) {
      const pauses: number[] = [];
      await letStrike([{ name: 'fault', mean: MEAN, strike }], worldOf(3, pauses), new Random(String(seed)));
      firsts.push(pauses[0]!);
      later.push(...pauses.slice(1));
    }
    expect(strikes).toBe(200 * 3);
    expect(Math.max(...firsts)).toBeLessThan(MEAN);
    expect(Math.max(...later)).toBeGreaterThan(MEAN);
  });
});
