import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 50;
const PATIENCE_MS = 60_000;

/** Tries until it works. @throws the last error after a minute, or at once when it is hopeless */
export async function until<T>(attempt: () => Promise<T>, isHopeless: () => boolean = () => false): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline || isHopeless()) throw error;
      await sleep(STEP_MS);
    }
  }
}
