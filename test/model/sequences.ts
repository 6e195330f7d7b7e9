import fc from 'fast-check';
import { LEAST_KEPT_SECONDS, ReferenceModel, type Rules } from './reference-model';
import { inspect } from './inspection';
import type { Step } from './step';
import * as steps from './steps';
import type { World } from './world';

const HOUR = 3600;

/** Every rule that changes what is answered, in each of its moods. */
export const RULES: readonly Rules[] = [
  {
    graceSeconds: 30,
    idleSeconds: HOUR,
    absoluteSeconds: 3 * HOUR,
    accessSeconds: 300,
    sessionLimit: Infinity,
    check: 'bounded',
    endsSuperseded: false,
    confirmSeconds: 0,
    keepSeconds: 2 * HOUR,
  },
  {
    graceSeconds: 0,
    idleSeconds: HOUR,
    absoluteSeconds: 3 * HOUR,
    accessSeconds: 300,
    sessionLimit: 2,
    check: 'strict',
    endsSuperseded: true,
    confirmSeconds: 0,
    keepSeconds: 0,
  },
  {
    graceSeconds: 30,
    idleSeconds: 2 * HOUR,
    absoluteSeconds: 24 * HOUR,
    accessSeconds: 900,
    sessionLimit: 3,
    check: 'bounded',
    endsSuperseded: false,
    confirmSeconds: HOUR,
    keepSeconds: HOUR,
  },
];

/** Does the steps in the model and in the world, and compares every answer and, at the end, what is stored. */
export async function follow(world: World, rules: Rules, sequence: Iterable<Step>): Promise<void> {
  world.reset();
  const model = new ReferenceModel(rules, world.clock.now());
  await fc.asyncModelRun(() => ({ model, real: world }), sequence);
  await inspect(model, world);
}

/** Any sequence of steps, the usual ones more often. */
export function sequences(rules: Rules): fc.Arbitrary<Iterable<Step>> {
  const node = fc.nat(1);
  const user = fc.nat(1);
  const family = fc.nat(4);
  // Most clients present what they have got last.
  const age = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(4) });
  const weighted: [number, fc.Arbitrary<Step>][] = [
    [30, fc.record({ family, age, node }).map(steps.refresh)],
    [6, fc.record({ family, node }).map(steps.refreshInVain)],
    [6, fc.record({ family, node }).map(steps.refreshTwice)],
    [14, fc.record({ user, node }).map(steps.login)],
    [14, interestingTimes(rules).map((milliseconds) => steps.wait({ milliseconds }))],
    [10, fc.record({ family, age, node }).map(steps.useAccess)],
    [4, fc.record({ family, age, node }).map(steps.listSessions)],
    [4, fc.record({ family, age, node }).map(steps.logout)],
    [2, fc.record({ family, age, node }).map(steps.logoutAll)],
    [2, fc.record({ family, age, node }).map(steps.endOthers)],
    [3, fc.record({ family, age, node, target: family }).map(steps.endSession)],
    [2, fc.record({ family, node }).map(steps.adminRevoke)],
    [4, fc.record({ user, node, rotates: fc.boolean() }).map(steps.makeKey)],
    [4, fc.record({ node }).map(steps.prune)],
    [0.2, fc.record({ node }).map(steps.restart)],
  ];
  const step = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight: weight * 10, arbitrary })));
  return fc.commands([step], { maxCommands: 30, size: 'max' });
}

/** The ends of things, a millisecond before them, and after. */
function interestingTimes({ graceSeconds, accessSeconds, idleSeconds, absoluteSeconds, confirmSeconds, keepSeconds }: Rules): fc.Arbitrary<number> {
  const ends = [graceSeconds, accessSeconds, idleSeconds, absoluteSeconds, confirmSeconds, keepSeconds, LEAST_KEPT_SECONDS]
    .filter(Boolean)
    .map((seconds) => seconds * 1000);
  return fc.constantFrom(1, 1000, 60_000, ...ends.flatMap((end) => [end - 1, end, end + 1]));
}
