import { type DatabaseContent, type History, isUnknown, NOBODY } from '../history/records';
import type { Violation } from './rules';

/** Rows that no client knows: each must come from a login whose answer was lost. */
export function* checkStrangers(history: History, { rows }: DatabaseContent): Iterable<Violation> {
  const known = new Set(history.families.map(({ id }) => id));
  const unanswered = countBy(history.unansweredLogins.filter(({ answer }) => isUnknown(answer)).map(({ subject }) => subject));
  for (const { id, subject: owner, kind, generation } of rows) {
    if (known.has(id)) continue;
    const subject = kind === 'key' ? NOBODY : owner;
    const left = unanswered.get(subject) ?? 0;
    unanswered.set(subject, left - 1);
    if (left <= 0) yield { rule: 'unasked-change', family: id, message: `a row of ${subject} that nobody logged in for` };
    if (generation > 0) yield { rule: 'unasked-change', family: id, message: `nobody has its token, but it has generation ${generation}` };
  }
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
