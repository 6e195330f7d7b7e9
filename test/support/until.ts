import { setTimeout as wait } from 'node:timers/promises';

const LONGEST_MS = 20_000;

/** Goes on as soon as something has come true; fails when it does not. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`${isTrue.toString()} did not come true in ${LONGEST_MS / 1000} s`);
    await wait(10);
  }
}
