import type { FamilyHistory, History, Instant, Refresh, Trouble } from '../history/records';
import { isStop } from '../history/settling';
import { RECOVERY_MS, STATEMENT_MS } from '../settings';
import { overlaps } from './excuses';
import type { Violation } from './rules';

/** From when the database must be back for good until it is away again. */
interface Calm {
  readonly from: Instant;
  readonly to: Instant;
}

/** Who asks again and again when the database is back is answered, whatever processes and single connections do meanwhile. */
export function* checkRecovery(history: History): Iterable<Violation> {
  for (const { family, calm, refreshes } of afterOutages(history)) {
    const { sent } = refreshes[0]!;
    const { ended } = refreshes.at(-1)!;
    const failed = refreshes.every(({ answer }) => answer === 'unavailable') && ended - sent >= STATEMENT_MS;
    if (failed && !isStopped(history, { sent, ended })) {
      yield { rule: 'not-recovered', family: family.id, message: `nothing but 5xx from ${sent} to ${ended}; the database was back at ${calm.from}` };
    }
  }
}

/** How often a family was refreshed again after an outage, in time. */
export function countRecoveries(history: History): number {
  return [...afterOutages(history)].filter(({ refreshes }) => refreshes.some(({ answer }) => answer === 'done')).length;
}

/** What was asked of each family in each of the calms. */
function* afterOutages({ families, troubles }: History): Iterable<{ family: FamilyHistory; calm: Calm; refreshes: Refresh[] }> {
  for (const calm of calmsOf(troubles)) {
    for (const family of families) {
      const refreshes = family.refreshes.filter(({ sent, ended, answer }) => sent >= calm.from && ended <= calm.to && answer !== 'lost');
      if (refreshes.length > 0) yield { family, calm, refreshes };
    }
  }
}

function calmsOf(troubles: readonly Trouble[]): Calm[] {
  const outages = troubles.filter(({ kind }) => kind === 'database').sort((a, b) => a.from - b.from);
  return outages.map(({ to }, index) => ({ from: to + RECOVERY_MS, to: outages[index + 1]?.from ?? Infinity })).filter(({ from, to }) => from < to);
}

function isStopped({ troubles }: History, stretch: { sent: Instant; ended: Instant }): boolean {
  return troubles.some((trouble) => isStop(trouble) && overlaps(trouble, stretch));
}
