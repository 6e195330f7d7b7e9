import type { FailedStart, History, Trouble } from '../history/records';
import type { Circumstances } from './circumstances';
import { overlaps } from './excuses';
import type { Violation } from './rules';

/** Clients that gave up, and processes that did not start. */
export function* checkEfforts({ despairs, failedStarts }: History, circumstances: Circumstances): Iterable<Violation> {
  for (const { family, what, from, to } of despairs) yield { rule: 'no-answer', family, message: `${what} had no answer from ${from} to ${to}` };
  for (const start of failedStarts) {
    if (!circumstances.troubles.some((trouble) => mayPreventStart(trouble, start, circumstances))) yield endedByItself(start);
  }
}

/** A process needs the database to start, and on SQLite nobody who holds its lock. */
function mayPreventStart(trouble: Trouble, { from, to }: FailedStart, { limits }: Circumstances): boolean {
  const kinds: Trouble['kind'][] = ['database', 'cut', 'stutter', ...(limits.oneWriter ? (['paused'] as const) : [])];
  return kinds.includes(trouble.kind) && overlaps(trouble, { sent: from, ended: to });
}

function endedByItself({ node, from, to, lastWords }: FailedStart): Violation {
  return { rule: 'ended-by-itself', family: null, message: `process ${node}, started at ${from}, ended at ${to} before it listened: ${lastWords}` };
}
