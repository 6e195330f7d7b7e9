import type { Despair, FailedStart, History, Trouble } from '../history/records';
import { SLOWEST_ANSWER_MS } from '../settings';
import type { Circumstances } from './circumstances';
import { overlaps } from './excuses';
import type { Violation } from './rules';

/** Clients that gave up, and processes that did not start. */
export function* checkEfforts({ despairs, failedStarts }: History, circumstances: Circumstances): Iterable<Violation> {
  for (const despair of despairs) {
    if (hadTime(despair, circumstances)) yield leftAlone(despair);
  }
  for (const start of failedStarts) {
    if (!circumstances.troubles.some((trouble) => mayPreventStart(trouble, start, circumstances))) yield endedByItself(start);
  }
}

/** Whether the database was there long enough for an answer, outages that followed each other aside. */
function hadTime({ from, to }: Despair, { outages }: Circumstances): boolean {
  return to - from - outages.covered(from, to) >= SLOWEST_ANSWER_MS;
}

function leftAlone({ family, what, from, to }: Despair): Violation {
  return { rule: 'no-answer', family, message: `${what} had no answer from ${from} to ${to}` };
}

/** A process needs the database to start, and on SQLite nobody who holds its lock. */
function mayPreventStart(trouble: Trouble, { from, to }: FailedStart, { limits }: Circumstances): boolean {
  const kinds: Trouble['kind'][] = ['database', 'cut', 'stutter', ...(limits.oneWriter ? (['paused'] as const) : [])];
  return kinds.includes(trouble.kind) && overlaps(trouble, { sent: from, ended: to });
}

function endedByItself({ node, from, to, lastWords }: FailedStart): Violation {
  return { rule: 'ended-by-itself', family: null, message: `process ${node}, started at ${from}, ended at ${to} before it listened: ${lastWords}` };
}
