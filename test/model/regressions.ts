import type { Rules } from './reference-model';
import { RULES } from './sequences';
import type { Step } from './step';
import { login, logoutAll, makeKey, refresh, wait } from './steps';

/** The shortest sequences that once told a broken build from a good one. A new counter-example is added here before it is mended. */
export const REGRESSIONS: readonly { rule: string; rules: Rules; steps: Step[] }[] = [
  {
    rule: 'counts the grace period from the rotation, not from the last retry',
    rules: RULES[0]!,
    steps: [
      login({ user: 0, node: 0 }),
      refresh({ family: 0, age: 0, node: 0 }),
      wait({ milliseconds: 29_999 }),
      refresh({ family: 0, age: 1, node: 0 }),
      wait({ milliseconds: 1 }),
      refresh({ family: 0, age: 1, node: 1 }),
    ],
  },
  {
    rule: 'takes a second logout from everywhere for the first one sent again, which ends nothing that began since',
    rules: RULES[0]!,
    steps: [
      login({ user: 0, node: 0 }),
      logoutAll({ family: 0, age: 0, node: 0 }),
      login({ user: 0, node: 0 }),
      logoutAll({ family: 0, age: 0, node: 1 }),
      refresh({ family: 1, age: 0, node: 0 }),
    ],
  },
  {
    rule: 'tells the time that is left to the nearest second, also a millisecond before the end',
    rules: RULES[2]!,
    steps: [
      makeKey({ user: 0, node: 0, rotates: false }),
      wait({ milliseconds: 499 }),
      refresh({ family: 0, age: 0, node: 0 }),
      wait({ milliseconds: 2 }),
      refresh({ family: 0, age: 0, node: 1 }),
      wait({ milliseconds: 86_399_498 }),
      refresh({ family: 0, age: 0, node: 1 }),
    ],
  },
];
