import { isMissing } from '../checker/check-calls';
import type { Circumstances } from '../checker/circumstances';
import { isRobbed } from '../checker/deaths';
import { Excuses } from '../checker/excuses';
import { FamilyCase } from '../checker/family-case';
import { isOutwaited } from '../checker/outwaited';
import { callsOf, type FamilyHistory, type History, type Trouble } from '../history/records';
import { SLOWEST_ANSWER_MS } from '../settings';

/** How many answers would have been violations, had nothing been wrong at the time. */
export interface Excused {
  readonly unavailable: number;
  readonly missing: number;
  readonly slow: number;
  /** Sessions that ended because an outage was longer than the grace period. */
  readonly outwaited: number;
}

/** What was wrong, how often, and for how long in all. */
export type TroublesByKind = Record<Trouble['kind'], { count: number; seconds: number }>;

export function countExcused(history: History, circumstances: Circumstances): Excused {
  const excuses = new Excuses(circumstances);
  const excused = { unavailable: 0, missing: 0, slow: 0, outwaited: 0 };
  for (const family of history.families) {
    const calls = callsOf(family);
    for (const call of calls) {
      if (call.answer === 'unavailable' && excuses.excuseFailure(call, calls)) excused.unavailable++;
      if (isMissing(call) && excuses.excuseLoss(call)) excused.missing++;
      if (call.ended - call.sent > SLOWEST_ANSWER_MS && !excuses.isSlow(call)) excused.slow++;
    }
    if (isOutwaitedAndOver(new FamilyCase(family, null, circumstances))) excused.outwaited++;
  }
  return excused;
}

export function countTroubles({ troubles }: History): TroublesByKind {
  const none = () => ({ count: 0, seconds: 0 });
  const byKind: TroublesByKind = { killed: none(), paused: none(), database: none(), cut: none(), stutter: none() };
  for (const { kind, from, to } of troubles) {
    byKind[kind].count++;
    byKind[kind].seconds += (to - from) / 1000;
  }
  return byKind;
}

/** The longest that a process took for an answer while it was running. */
export function slowestAnswer(families: readonly FamilyHistory[], circumstances: Circumstances): number {
  const excuses = new Excuses(circumstances);
  const answered = families.flatMap(callsOf).filter(({ answer }) => answer !== 'lost');
  return answered.reduce((slowest, call) => Math.max(slowest, excuses.runningTime(call)), 0);
}

function isOutwaitedAndOver(subject: FamilyCase): boolean {
  const { family, deaths } = subject;
  return !isRobbed(family) && deaths.certainFrom < deaths.revocableFrom && isOutwaited(subject);
}
