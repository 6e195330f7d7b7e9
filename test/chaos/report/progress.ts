import type { World } from '../world';

const INTERVAL_MS = 30_000;

/** Says from time to time how far a campaign is. @returns what stops it */
export function tellProgress(name: string, { clock, counts, recorder, fleet }: World): () => void {
  const timer = setInterval(() => {
    const serving = fleet.nodes.filter(({ isServing }) => isServing).length;
    const { appKills, databaseKills, thefts } = counts;
    const done = `${recorder.families.length} sessions, ${thefts} thefts, ${appKills} app and ${databaseKills} database kills`;
    console.error(`${name}, ${Math.round(clock.now() / 1000)} s: ${done}, ${serving} processes serve`);
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
